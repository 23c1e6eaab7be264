#include "app/experiment.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "app/experiment_findings.h"

namespace weir::app {
namespace {

using ledger::ArmFigures;
using ledger::ExperimentFigures;

// A month's dollars, as a person says them.
std::string Usd(double usd) {
  return fmt::format("{}${:.2f}", usd < 0 ? "-" : "", std::abs(usd));
}

std::string Ms(int64_t micros) {
  return micros < 0 ? "-" : fmt::format("{}", micros / 1000);
}

std::string Percent(double share) {
  return fmt::format("{:.1f}", 100 * share);
}

std::string GoodText(const std::optional<GoodShare>& good) {
  if (!good) return "-";
  if (good->by_definition) return "100 (the baseline)";
  return fmt::format("{} [{}, {}]", Percent(good->share), Percent(good->bounds.low),
                     Percent(good->bounds.high));
}

std::string RatingText(const RatingMean& rating) {
  if (rating.ratings == 0) return "-";
  return fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", rating.mean, rating.bounds.low,
                     rating.bounds.high);
}

std::string Table(const ExperimentFindings& findings, std::string_view unit) {
  constexpr std::string_view kRow =
      "{:<16} {:>8} {:>9} {:>7} {:>12} {:>12} {:>15} {:>7} {:>22} {:>20}\n";
  std::string text = fmt::format(fmt::runtime(kRow), "arm", fmt::format("{}s", unit), "requests",
                                 "failed", "spent $", "checking $", "$ a 1000 answers", "p50 ms",
                                 "as good or better %", "rating");
  for (const ArmFindings& arm : findings.arms) {
    const ArmFigures& figures = *arm.figures;
    text += fmt::format(fmt::runtime(kRow), figures.arm, figures.units.size(), figures.requests,
                        figures.failed, FormatUsd(figures.cost), FormatUsd(figures.checking),
                        fmt::format("{:.4f}", arm.cost.mean * 1e-6), Ms(figures.total_p50),
                        GoodText(arm.good), RatingText(arm.rating));
  }
  return text;
}

std::string TooFew(const ArmFindings& arm, const ArmFindings& control, std::string_view unit) {
  std::string counts;
  for (const ArmFindings* one : {&arm, &control}) {
    if (one->cost.units >= kFewestUnits) continue;
    counts += fmt::format("{}{} of {} in {}", counts.empty() ? "" : ", ", one->cost.units,
                          kFewestUnits, one->figures->arm);
  }
  return fmt::format("too few {}s to be sure of anything ({})", unit, counts);
}

std::string CostText(const ArmFindings& arm, const ArmFindings& control, const Comparison& held,
                     std::string_view unit) {
  if (held.too_few) return TooFew(arm, control, unit);
  if (held.cost == 0) return "not told apart from the control's yet";
  const double less = held.cost;  // or more: -1
  const std::string range = fmt::format(
      "[{:.0f}, {:.0f}]", 100 * less * (1 - (held.cost > 0 ? held.ratio.high : held.ratio.low)),
      100 * less * (1 - (held.cost > 0 ? held.ratio.low : held.ratio.high)));
  return fmt::format("{}, by {:.0f} % an answer {}",
                     held.cost > 0 ? "surely cheaper" : "surely dearer",
                     100 * less * (1 - arm.cost.mean / control.cost.mean), range);
}

std::string Unmeasured(const ExperimentFigures& figures, const ArmFindings& arm,
                       const ArmFindings& control) {
  if (figures.baselines.size() > 1) {
    return fmt::format(
        "not comparable, for the arms have different baselines ({}): give their "
        "routes the same `baseline`",
        fmt::join(figures.baselines, ", "));
  }
  std::string_view one = arm.figures->arm, other = control.figures->arm;
  if (arm.good) one = {};
  if (control.good) other = {};
  return fmt::format(
      "not measured in {}{}{}: give the route that answers there a `baseline` and "
      "`quality: {{sample: 5%, judge: MODEL}}`",
      one, one.empty() || other.empty() ? "" : " and ", other);
}

std::string AnswersText(const ExperimentFigures& figures, const ArmFindings& arm,
                        const ArmFindings& control, const Comparison& held, std::string_view unit) {
  if (!arm.good || !control.good) return Unmeasured(figures, arm, control);
  if (held.too_few) return "as above";
  if (held.few_judged) {
    const ArmFindings& fewer =
        arm.good->by_definition || (!control.good->by_definition &&
                                    control.good->judged_units < arm.good->judged_units)
            ? control
            : arm;
    return fmt::format("too few {}s with verdicts to be sure ({} of {} in {})", unit,
                       fewer.good->judged_units, kFewestUnits, fewer.figures->arm);
  }
  if (held.quality == 1) return "surely better";
  if (held.quality == -1) return "surely worse by more than 2 points";
  if (held.as_good) return "surely no worse by more than 2 points";
  return "open how good they are beside the control's";
}

std::string Advice(const Comparison& held) {
  if (held.fails_more) return "It fails more often: look at that first.";
  return held.stop() ? "This is sure enough to stop." : "Go on.";
}

std::string SavingText(const Comparison& held) {
  const double before = held.saves + held.checking;
  std::string text = Usd(before) + " a month for all of this traffic";
  if (!std::isinf(held.saves_low)) {
    text += fmt::format(" [{}, {}]", Usd(held.saves_low + held.checking),
                        Usd(held.saves_high + held.checking));
  } else {
    text += ", which is not sure";
  }
  if (std::abs(held.checking) < 0.005) return text;
  return text + fmt::format("; {} with {} of checking at this rate (shadow and judge calls)",
                            Usd(held.saves), Usd(held.checking));
}

std::string Verdict(const ExperimentFigures& figures, const ArmFindings& arm,
                    const ArmFindings& control, const Comparison& held, std::string_view unit) {
  return fmt::format("\n{} beside {}\n  cost     {}\n  answers  {}\n  saving   {}\n  {}\n",
                     arm.figures->arm, control.figures->arm, CostText(arm, control, held, unit),
                     AnswersText(figures, arm, control, held, unit), SavingText(held),
                     Advice(held));
}

// What makes a split useless, or its figures other than they look.
std::string Warnings(const ExperimentFigures& figures, const ExperimentFindings& findings,
                     std::string_view unit) {
  int64_t requests = 0, unnamed = 0;
  for (const ArmFigures& arm : figures.arms) {
    requests += arm.requests;
    unnamed += arm.unnamed;
  }
  if (unnamed > 0) {
    return fmt::format(
        "\n{} requests are of a time when it was not noted whose they are: they "
        "count as one {} in each arm.\n",
        unnamed, unit);
  }
  if (findings.units > 1 || requests < 2) return "";
  return fmt::format("\nAll requests came from one {}, so that one arm has them all.{}\n", unit,
                     unit == "user" ? " A user is known by the request's `user` field, else by the "
                                      "client key:\nsend that field, give out keys, or split "
                                      "`by: session`."
                                    : "");
}

std::string_view Guarantee(bool chosen_window) {
  if (chosen_window) {
    return "\nThe beginning was chosen with --since: what is called sure is not, if it was chosen "
           "after a look\nat the figures. Without --since the report begins at the experiment's "
           "first request.\n";
  }
  return "\nWhat is called sure holds at all times together (95 %): looking early and stopping "
         "then "
         "changes nothing.\nThe interval of a rating holds by itself.\n";
}

}  // namespace

std::string ExperimentText(const ExperimentFigures& figures, const ExperimentTerms& terms) {
  if (figures.arms.empty()) {
    return fmt::format("no request of an experiment `{}` in that time\n", figures.name);
  }
  const ExperimentFindings findings = FindingsOf(figures);
  std::string text =
      fmt::format("experiment {}, {} to {}\n\n{}", figures.name, FormatWall(figures.first),
                  FormatWall(figures.last), Table(findings, terms.unit));
  text += Warnings(figures, findings, terms.unit);
  const ArmFindings& control = findings.arms[findings.control];
  for (size_t i = 0; i < findings.arms.size(); ++i) {
    if (i == findings.control) continue;
    text += Verdict(figures, findings.arms[i], control, findings.comparisons[i], terms.unit);
  }
  return text + std::string(Guarantee(terms.chosen_window));
}

}  // namespace weir::app
