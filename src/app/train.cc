#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/command.h"
#include "app/flags.h"
#include "app/ledger_labels.h"
#include "app/loaded.h"
#include "app/own_names.h"
#include "app/print.h"
#include "config/parse.h"
#include "learn/adapt.h"
#include "learn/trainer.h"
#include "route/learned/built_in.h"
#include "route/outlook.h"

namespace weir::app {
namespace {

constexpr std::string_view kBuiltIn = "built-in";

struct Options {
  std::vector<std::string> data, sources, open, open_sources;
  std::string base, out, since = "90d";
  bool from_ledger = false;
};

void Say(std::string_view what) {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "weir train: {}\n", what);
}

void KeepSources(std::span<const std::string> sources, std::vector<learn::Example>* examples) {
  if (sources.empty()) return;
  std::erase_if(*examples, [&](const learn::Example& example) {
    return std::ranges::find(sources, example.source) == sources.end();
  });
}

Result<void> Write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
  if (file) return {};
  return MakeError(Reason::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
}

// Rows of a user's own: verdicts, or scores without a weak and a strong model.
bool AreOwnLabels(std::span<const learn::Example> examples) {
  const auto judged = [](const learn::Example& example) { return example.verdict.has_value(); };
  const auto paired = [](const learn::Example& example) { return example.outcome.has_value(); };
  return std::ranges::any_of(examples, judged) || std::ranges::none_of(examples, paired);
}

Result<learn::Weights> BaseOf(const Options& options) {
  std::string file;
  const bool built_in = options.base.empty() || options.base == kBuiltIn;
  if (!built_in) {
    WEIR_TRY(file, config::ReadFile(options.base));
  }
  learn::Weights base;
  if (base.Load(built_in ? route::learned::BuiltInWeights() : file)) return base;
  return MakeError(
      Reason::kBadRequest,
      fmt::format("{}: the weights are damaged or of another version of weir", options.base));
}

Result<std::string> Adapt(const Options& options, std::span<const learn::Example> examples,
                          learn::Picture picture = learn::Picture::kFair) {
  WEIR_TRY(const learn::Weights base, BaseOf(options));
  WEIR_TRY(const std::vector<learn::OwnLabel> labels, learn::OwnLabelsOf(examples));
  Say(fmt::format("{} own labels", labels.size()));
  WEIR_TRY(const learn::Weights weights,
           learn::Adapt(base, labels, [](std::string_view part) { Say(part); }, picture));
  const std::string bytes = weights.Save();
  WEIR_CHECK_OK(Write(options.out, bytes));
  std::string text = fmt::format("{}: {} bytes, adapted to {} own labels\n", options.out,
                                 bytes.size(), labels.size());
  for (const route::learned::OwnCurve& curve : weights.own_curves) {
    const bool proven = curve.labels >= route::kProvenLabels;
    text +=
        fmt::format("  {}: {} labels{}\n", curve.name.data(), curve.labels,
                    proven ? "" : fmt::format(", of {} that a floor needs", route::kProvenLabels));
  }
  return text;
}

Error TooFewLabels(const LedgerLabels& found, size_t labels, const Loaded& loaded) {
  const bool off = loaded.settings.ledger.bodies == config::LedgerSettings::Bodies::kOff;
  const std::string_view why =
      off ? "ledger.bodies is off: set `ledger: {bodies: sampled}` and measure the quality of a "
            "route, then the verdicts' prompts are kept"
          : "let the quality of a route be measured for longer, or at a larger `sample`";
  return MakeError(Reason::kIo,
                   fmt::format("{}weir train: {} labels; own labels need at least {}: {}",
                               found.Text(), labels, learn::kFewestLabels, why));
}

// Beside a running server, which it does not disturb.
Result<std::string> TrainFromLedger(const Options& options, const std::string& config,
                                    std::vector<learn::Example> examples) {
  WEIR_TRY(const Loaded loaded, Load(config));
  WEIR_TRY(const std::chrono::milliseconds since, config::ParseDuration(options.since));
  WEIR_TRY(const auto reader, ledger::Reader::Open(loaded.settings.data_dir, {0, 0}));
  WEIR_TRY(LedgerLabels found, LabelsOf(*reader, SystemClock().Wall() - since.count() * 1000));
  std::ranges::move(found.examples, std::back_inserter(examples));
  if (examples.size() < learn::kFewestLabels) return TooFewLabels(found, examples.size(), loaded);
  NameAsUpstream(loaded.router->directory(), &examples);
  WEIR_TRY(const std::string adapted, Adapt(options, examples, learn::Picture::kChosen));
  return found.Text() + adapted;
}

Result<std::string> Train(const Options& options, const std::string& config) {
  if (options.data.empty() && !options.from_ledger) {
    return MakeError(Reason::kConfig, "weir train: expected --data FILE or --from-ledger");
  }
  WEIR_TRY(std::vector<learn::Example> examples, learn::ReadExamples(options.data));
  KeepSources(options.sources, &examples);
  if (options.from_ledger) return TrainFromLedger(options, config, std::move(examples));
  if (!options.base.empty() || (options.open.empty() && AreOwnLabels(examples))) {
    WEIR_CHECK_OK(NameAsUpstream(config, &examples));
    return Adapt(options, examples);
  }
  WEIR_TRY(const std::vector<learn::TrainingRow> rows, learn::RowsOf(examples));
  WEIR_TRY(std::vector<learn::Example> unlabelled, learn::ReadExamples(options.open));
  KeepSources(options.open_sources, &unlabelled);
  WEIR_TRY(const std::vector<learn::OpenPrompt> open, learn::OpenPromptsOf(unlabelled));
  Say(fmt::format("{} rows, {} open prompts", rows.size(), open.size()));
  WEIR_TRY(const learn::Weights weights,
           learn::Train(rows, open, [](std::string_view part) { Say(part); }));
  const std::string bytes = weights.Save();
  WEIR_CHECK_OK(Write(options.out, bytes));
  return fmt::format("{}: {} bytes from {} rows\n", options.out, bytes.size(), rows.size());
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add("--data", options->data, "labelled prompts, JSON lines; may be given again");
  flags.AddSwitch("--from-ledger", options->from_ledger,
                  "adapt to the verdicts and ratings in the ledger whose prompts were kept; beside "
                  "--data or alone");
  flags.Add("--since", options->since, "with --from-ledger: how far back (default: 90d)");
  flags.Add("--sources", options->sources, "only rows of these sources").Split();
  flags.Add("--open", options->open,
            "prompts as people send them, labels not needed: scores are shares of these");
  flags.Add("--open-sources", options->open_sources, "only rows of these sources").Split();
  flags.Add("--base", options->base,
            "adapt these weights to own labels instead of training anew: `built-in` or a file; "
            "rows with a verdict, or with scores alone, adapt the built-in ones");
  flags.Add("--out", options->out, "file for the weights").Required();
  return [&config, options] {
    Result<std::string> said = Train(*options, config);
    if (!said) return Fail(said.error());
    Print(*said);
    return kDone;
  };
}

}  // namespace

const Command kTrain = {"train", "train the learned classifier", &Declare};

}  // namespace weir::app
