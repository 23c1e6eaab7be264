#include "ledger/report.h"

#include "admin/when.h"
#include "app/command.h"
#include "app/experiment.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"
#include "app/report_terms.h"

namespace weir::app {
namespace {

struct Options {
  std::string since;  // empty: 30d, or of an experiment its first request
  std::string until;  // empty: now
  std::string by = "model";
  std::string format = "table";
  std::string experiment;
};

struct Span {
  WallMicros since = 0, until = 0;
};

Result<Span> SpanOf(const Options& options) {
  const WallMicros now = SystemClock().Wall();
  Span span{0, now};
  const std::string since =
      options.since.empty() && options.experiment.empty() ? "30d" : options.since;
  for (const auto& [name, text, value] : {std::tuple("--since", &since, &span.since),
                                          std::tuple("--until", &options.until, &span.until)}) {
    if (text->empty()) continue;
    const Result<WallMicros> when = admin::ParseWhen(name, *text, now);
    if (!when) {
      return MakeError(Reason::kConfig, fmt::format("weir report: {}", when.error().message));
    }
    *value = *when;
  }
  return span;
}

ExperimentTerms TermsOf(const catalog::Directory& directory, const Options& options) {
  ExperimentTerms terms;
  terms.chosen_window = !options.since.empty();
  for (const catalog::Route& route : directory.routes()) {
    if (!route.experiment || route.experiment->name != options.experiment) continue;
    const bool by_user = route.experiment->by == config::ExperimentSettings::By::kUser;
    terms.unit = by_user ? "user" : "session";
  }
  return terms;
}

Result<std::string> Experiment(ledger::Reader& reader, const catalog::Directory& directory,
                               const Options& options, Span span) {
  ledger::ExperimentQuery query{options.experiment, span.since, span.until, {}};
  query.are_twins = [&directory](std::string_view one, std::string_view other) {
    return directory.AreTwins(directory.FindModel(one), directory.FindModel(other));
  };
  WEIR_TRY(const auto figures, reader.Experiment(query));
  const ExperimentTerms terms = TermsOf(directory, options);
  if (options.format == "json") return ExperimentJson(figures, terms) + "\n";
  if (options.format == "table") return ExperimentText(figures, terms);
  return MakeError(Reason::kConfig, "weir report --experiment: expected --format table or json");
}

Result<std::string> Report(const std::string& config, const Options& options) {
  WEIR_TRY(Loaded loaded, Load(config));
  WEIR_TRY(const Span span, SpanOf(options));
  std::optional<ledger::GroupBy> by = ledger::GroupByName(options.by);
  if (!by) {
    return MakeError(Reason::kConfig, fmt::format("weir report: --by {}: expected {}", options.by,
                                                  ledger::GroupNames()));
  }
  WEIR_TRY(std::unique_ptr<ledger::Reader> reader, ledger::Reader::Open(loaded.settings.data_dir));
  if (!options.experiment.empty()) {
    return Experiment(*reader, loaded.router->directory(), options, span);
  }
  WEIR_TRY(ledger::Report report, reader->Summarize(span.since, span.until, *by));
  ledger::Complete(ReportTermsOf(loaded.router), &report);
  const ledger::ReportFormat* format = ledger::ReportFormatByName(options.format);
  if (format == nullptr) {
    return MakeError(
        Reason::kConfig,
        fmt::format("weir report: --format {}: expected table, json, csv or html", options.format));
  }
  std::string text = format->write(report);
  return text.ends_with('\n') ? text : text + "\n";
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add(
      "--since", options->since,
      "from when: so far back, or a UTC time (default: 30d; of an experiment, its first request)");
  flags.Add("--until", options->until, "to when, likewise (default: now)");
  flags.Add("--by", options->by, ledger::GroupNames())
      .Check([](const std::string& name) -> std::string {
        return ledger::GroupByName(name) ? "" : name + " is none of " + ledger::GroupNames();
      });
  flags.Add("--experiment", options->experiment,
            "what the arms of this experiment came to, instead");
  flags.Add("--format", options->format, "table, json, csv or html (one page, to a file)")
      .OneOf({"table", "json", "csv", "html"});
  return [&config, options] {
    Result<std::string> text = Report(config, *options);
    if (!text) return Fail(text.error());
    Print(*text);
    return kDone;
  };
}

}  // namespace

const Command kReport = {"report", "what was spent, and what the baseline would have cost",
                         &Declare};

}  // namespace weir::app
