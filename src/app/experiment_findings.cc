#include "app/experiment_findings.h"

#include <algorithm>
#include <cmath>

namespace weir::app {
namespace {

using ledger::ArmFigures;
using ledger::ExperimentFigures;
using quality::Interval;

// Half of what may be wrong is spent on costs, half on answers.
constexpr double kAlpha = 0.05;
constexpr double kMonthMicros = 30.44 * 86'400e6;
constexpr double kFailMargin = 0.02;
constexpr double kNano = 1e-9;

ArmFindings FindingsOfArm(const ExperimentFigures& figures, const ArmFigures& arm) {
  const double alpha = kAlpha / 2 / static_cast<double>(figures.arms.size());
  ArmFindings findings;
  findings.figures = &arm;
  findings.cost = CostOf(arm.units);
  // Two baselines are two measures.
  if (figures.baselines.size() == 1) findings.good = GoodShareOf(arm.units, alpha);
  findings.rating = RatingOf(arm.units, kAlpha);
  const int64_t answers = arm.requests - arm.failed;
  if (answers > 0) {
    findings.checking = static_cast<double>(arm.checking.nano) / static_cast<double>(answers);
  }
  return findings;
}

// What was seen in less than an hour is taken for an hour's.
double AnswersAMonth(const ExperimentFigures& figures) {
  constexpr WallMicros kHour = 3'600'000'000;
  int64_t answers = 0;
  for (const ArmFigures& arm : figures.arms) answers += arm.requests - arm.failed;
  const auto seen = static_cast<double>(std::max(figures.last - figures.first, kHour));
  return static_cast<double>(answers) * kMonthMicros / seen;
}

double FailedShare(const ArmFigures& arm) {
  return arm.requests == 0 ? 0
                           : static_cast<double>(arm.failed) / static_cast<double>(arm.requests);
}

bool HasFewJudged(const GoodShare& good) {
  return !good.by_definition && good.judged_units < kFewestUnits;
}

void CompareAnswers(const ArmFindings& arm, const ArmFindings& control, Comparison* result) {
  if (!arm.good || !control.good) return;
  result->few_judged = HasFewJudged(*arm.good) || HasFewJudged(*control.good);
  if (result->few_judged || result->too_few) return;
  const Interval& own = arm.good->bounds;
  const Interval& other = control.good->bounds;
  result->as_good = own.low > other.high - kGoodMargin;
  if (own.low > other.high) result->quality = 1;
  if (own.high < other.low - kGoodMargin) result->quality = -1;
}

void CompareCosts(const ArmFindings& arm, const ArmFindings& control, double answers_a_month,
                  size_t comparisons, Comparison* result) {
  result->ratio = CostRatio(arm.cost, control.cost, kAlpha / 2 / static_cast<double>(comparisons));
  if (result->ratio.high < 1) result->cost = 1;
  if (result->ratio.low > 1) result->cost = -1;
  const double usd = answers_a_month * kNano;
  result->checking = (arm.checking - control.checking) * usd;
  const double whole = control.cost.mean * usd;
  result->saves = whole - arm.cost.mean * usd - result->checking;
  result->saves_low = whole * (1 - result->ratio.high) - result->checking;
  result->saves_high = whole * (1 - result->ratio.low) - result->checking;
}

}  // namespace

ExperimentFindings FindingsOf(const ExperimentFigures& figures) {
  ExperimentFindings findings;
  for (const ArmFigures& arm : figures.arms) {
    if (arm.arm == "control") findings.control = findings.arms.size();
    findings.arms.push_back(FindingsOfArm(figures, arm));
    findings.units += arm.units.size();
  }
  const ArmFindings& control = findings.arms[findings.control];
  const size_t comparisons = std::max<size_t>(figures.arms.size() - 1, 1);
  for (const ArmFindings& arm : findings.arms) {
    Comparison& result = findings.comparisons.emplace_back();
    if (&arm == &control) continue;
    result.too_few = std::min(arm.cost.units, control.cost.units) < kFewestUnits;
    CompareAnswers(arm, control, &result);
    CompareCosts(arm, control, AnswersAMonth(figures), comparisons, &result);
    result.fails_more = FailedShare(*arm.figures) > FailedShare(*control.figures) + kFailMargin;
  }
  return findings;
}

}  // namespace weir::app
