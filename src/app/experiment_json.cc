#include <cmath>

#include "app/experiment.h"
#include "app/experiment_findings.h"
#include "json/write.h"

namespace weir::app {
namespace {

using ledger::ArmFigures;

void Int(json::Writer* writer, std::string_view name, int64_t value) {
  writer->Key(name);
  writer->Int(value);
}

// Null where it is NaN or infinite.
void Double(json::Writer* writer, std::string_view name, double value) {
  writer->Key(name);
  writer->Double(value);
}

void Bool(json::Writer* writer, std::string_view name, bool value) {
  writer->Key(name);
  writer->Bool(value);
}

void AppendArm(const ArmFindings& arm, json::Writer* writer) {
  const ArmFigures& figures = *arm.figures;
  Int(writer, "units", static_cast<int64_t>(figures.units.size()));
  Int(writer, "requests", figures.requests);
  Int(writer, "failed", figures.failed);
  Int(writer, "cost_nano", figures.cost.nano);
  Int(writer, "checking_nano", figures.checking.nano);
  Int(writer, "first_token_p50_us", figures.first_token_p50);
  Int(writer, "total_p50_us", figures.total_p50);
  Int(writer, "wins", figures.wins);
  Int(writer, "ties", figures.ties);
  Int(writer, "losses", figures.losses);
  const GoodShare good = arm.good.value_or(GoodShare{NAN, {}, 0, false});
  Double(writer, "as_good", good.share);
  Double(writer, "as_good_low", good.bounds.low);
  Double(writer, "as_good_high", good.bounds.high);
  const bool rated = arm.rating.ratings > 0;
  Int(writer, "ratings", arm.rating.ratings);
  Double(writer, "rating", rated ? arm.rating.mean : NAN);
  Double(writer, "rating_low", rated ? arm.rating.bounds.low : NAN);
  Double(writer, "rating_high", rated ? arm.rating.bounds.high : NAN);
}

void AppendComparison(const Comparison& held, json::Writer* writer) {
  Bool(writer, "too_few_units", held.too_few);
  Int(writer, "quality", held.quality);
  Bool(writer, "as_good_as_control", held.as_good);
  Int(writer, "cheaper", held.cost);
  Double(writer, "cost_ratio_low", held.ratio.low);
  Double(writer, "cost_ratio_high", held.ratio.high);
  Bool(writer, "stop", held.stop());
  Double(writer, "saves_usd_a_month", held.saves);
  Double(writer, "saves_usd_a_month_low", held.saves_low);
  Double(writer, "saves_usd_a_month_high", held.saves_high);
  Double(writer, "checking_usd_a_month", held.checking);
}

}  // namespace

std::string ExperimentJson(const ledger::ExperimentFigures& figures, const ExperimentTerms& terms) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("experiment");
  writer.String(figures.name);
  writer.Key("unit");
  writer.String(terms.unit);
  Bool(&writer, "window_was_chosen", terms.chosen_window);
  writer.Key("arms");
  writer.BeginArray();
  ExperimentFindings findings;
  if (!figures.arms.empty()) findings = FindingsOf(figures);
  for (size_t i = 0; i < findings.arms.size(); ++i) {
    writer.BeginObject();
    writer.Key("arm");
    writer.String(findings.arms[i].figures->arm);
    Bool(&writer, "control", i == findings.control);
    AppendArm(findings.arms[i], &writer);
    if (i != findings.control) AppendComparison(findings.comparisons[i], &writer);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace weir::app
