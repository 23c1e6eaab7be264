#include "app/command.h"
#include "app/flags.h"
#include "app/kept_words.h"
#include "app/loaded.h"
#include "app/print.h"
#include "app/redo.h"
#include "config/parse.h"
#include "learn/lines.h"
#include "ledger/each_row.h"
#include "ledger/report.h"

namespace weir::app {
namespace {

struct Options {
  std::string input, against, route = "auto", since = "30d";
  bool ledger = false, json = false;
};

Result<void> ReplayText(const Options& options, const Loaded& before, const Loaded& after,
                        Replay* replay) {
  TextRedo redo(before, after);
  return learn::ForEachLine(
      options.input, [&](std::string_view line) { return redo.Take(line, options.route, replay); });
}

Result<void> ReplayLedger(const Options& options, const Loaded& before, const Loaded& after,
                          Replay* replay) {
  WEIR_TRY(const std::chrono::milliseconds since, config::ParseDuration(options.since));
  WEIR_TRY(std::unique_ptr<ledger::Reader> reader, ledger::Reader::Open(before.settings.data_dir));
  ledger::DecisionFilter filter;
  filter.since = SystemClock().Wall() - since.count() * 1000;
  KeptWords words(*reader);
  TextRedo redo(before, after);
  return ledger::EachRow(*reader, filter, [&](const ledger::Record& row) -> Result<bool> {
    // Newest first: a sample comes before the request it is of.
    if (row.kind == ledger::kSample) words.Note(row);
    if (!row.kind.empty()) return true;
    WEIR_TRY(const std::optional<ledger::Bodies> said, words.Of(row.id));
    if (!said || said->request.empty() || ledger::IsCut(said->request)) {
      RedoRow(row, before, after, replay);
    } else {
      redo.Again(row, said->request, replay);
    }
    return true;
  });
}

Result<std::string> Run(const std::string& config, const Options& options) {
  if (options.ledger == !options.input.empty()) {
    return MakeError(Reason::kConfig, "weir replay: expected either --input FILE or --ledger");
  }
  if (!options.ledger && options.against.empty()) {
    return MakeError(Reason::kConfig,
                     "weir replay: --input decides under two configs: name the new one, --against");
  }
  WEIR_TRY(const Loaded before, Load(config));
  WEIR_TRY(const Loaded after, Load(options.against.empty() ? config : options.against));
  Replay replay;
  WEIR_CHECK_OK(options.ledger ? ReplayLedger(options, before, after, &replay)
                               : ReplayText(options, before, after, &replay));
  return options.json ? replay.Json() : replay.Text();
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add("--input", options->input,
            "requests, JSON lines {\"prompt\" | \"messages\", \"route\"?}");
  flags.AddSwitch(
      "--ledger", options->ledger,
      "the recorded requests: by their text where it was kept whole, else as far as they can be "
      "decided again without");
  flags.Add("--against", options->against,
            "the new config; with --ledger the present one when it is not named");
  flags.Add("--route", options->route, "of lines that name none (default: auto)");
  flags.Add("--since", options->since, "with --ledger: how far back (default: 30d)");
  flags.AddSwitch("--json", options->json, "as JSON");
  return [&config, options] {
    Result<std::string> text = Run(config, *options);
    if (!text) return Fail(text.error());
    Print(*text);
    return kDone;
  };
}

}  // namespace

const Command kReplay = {"replay", "decide past traffic again under another config", &Declare};

}  // namespace weir::app
