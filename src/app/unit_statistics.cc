#include "app/unit_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::app {
namespace {

using ledger::UnitFigures;
using quality::Interval;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double Squared(double value) {
  return value * value;
}

// Standard errors that a mean of `units` normal values may be off, at any time. The mixture's prior
// is worth ten units: narrowest at some dozens to hundreds, which is what experiments have.
double Reach(double units, double alpha) {
  constexpr double kPrior = 10;
  const double shrink = kPrior / (units + kPrior);
  const double bound = std::pow(1 / (alpha * std::sqrt(shrink)), 2 / units);
  if (bound * shrink >= 1) return kInfinity;
  return std::sqrt((units - 1) * (bound - 1) / (1 - bound * shrink));
}

struct Log {
  double value = 0, variance = 0;
};

Log LogOf(const PerAnswer& cost) {
  return {std::log(cost.mean), cost.variance / Squared(cost.mean)};
}

// Of a difference of two, as Welch has it.
double WeightOf(const PerAnswer& one, double variance, const PerAnswer& other,
                double other_variance) {
  const double parts = Squared(variance) / std::max(one.weight - 1, 1e-9) +
                       Squared(other_variance) / std::max(other.weight - 1, 1e-9);
  return parts > 0 ? 1 + Squared(variance + other_variance) / parts
                   : std::min(one.weight, other.weight);
}

// As though that many verdicts had been looked at one by one.
Interval BoundsOf(double good, double count, double alpha) {
  quality::ShareInterval share;
  const auto add = [&share](bool is_good, double weight) {
    for (; weight > 0; weight -= 1) share.Add(is_good, std::min(weight, 1.0));
  };
  add(true, good * count);
  add(false, (1 - good) * count);
  return share.Bounds(alpha);
}

struct Totals {
  double answers = 0, others = 0;            // others: not the baseline's
  double judged = 0, lost = 0, squares = 0;  // squares: of `judged`
  int64_t verdicts = 0, judged_units = 0, lost_units = 0;
};

Totals TotalsOf(const Units& units) {
  Totals totals;
  for (const UnitFigures& unit : units) {
    totals.answers += static_cast<double>(unit.answers);
    totals.others += static_cast<double>(unit.answers - unit.by_baseline);
    totals.judged += unit.judged;
    totals.lost += unit.lost;
    totals.squares += Squared(unit.judged);
    totals.verdicts += unit.verdicts;
    totals.judged_units += unit.verdicts > 0 ? 1 : 0;
    totals.lost_units += unit.lost > 0 ? 1 : 0;
  }
  return totals;
}

// What is left of 1 when the part is left out; of a unit that is all there is, next to nothing.
double Rest(double part, double whole) {
  return std::max(1 - part / whole, 1e-3);
}

// How many equal verdicts on all answers the ones given are worth.
double WorthOf(const Units& units, const Totals& totals) {
  const double others = totals.others / totals.answers;
  // The unit of a usual judged answer; the more units have lost something, the less is unseen.
  const double usual = totals.squares / totals.judged / static_cast<double>(1 + totals.lost_units);
  const double judged = totals.judged + usual;
  const double loss = (totals.lost + usual) / judged;
  double variance = Squared(others * usual * (1 - loss) / judged);
  for (const UnitFigures& unit : units) {
    const auto answers = static_cast<double>(unit.answers);
    const auto of_others = static_cast<double>(unit.answers - unit.by_baseline);
    const double of_loss = (unit.lost - loss * unit.judged) / judged / Rest(unit.judged, judged);
    const double of_share =
        (of_others - others * answers) / totals.answers / Rest(answers, totals.answers);
    variance += Squared(others * of_loss + loss * of_share);
  }
  const double one_by_one =
      Squared(others) * loss * (1 - loss) / static_cast<double>(totals.verdicts);
  const double overall = others * loss;
  return overall * (1 - overall) / std::max(variance, one_by_one);
}

}  // namespace

PerAnswer CostOf(const Units& units) {
  PerAnswer result;
  double answers = 0, squares = 0, cost = 0;
  for (const UnitFigures& unit : units) {
    const auto own = static_cast<double>(unit.answers);
    answers += own;
    squares += own * own;
    cost += unit.cost;
    result.units += unit.answers > 0 ? 1 : 0;
  }
  if (answers == 0) return result;
  result.mean = cost / answers;
  result.weight = answers * answers / squares;
  for (const UnitFigures& unit : units) {
    const auto own = static_cast<double>(unit.answers);
    result.variance += Squared((unit.cost - result.mean * own) / answers / Rest(own, answers));
  }
  const auto n = static_cast<double>(result.units);
  result.variance *= (n - 1) / n;
  return result;
}

Interval CostRatio(const PerAnswer& arm, const PerAnswer& control, double alpha) {
  if (std::min(arm.units, control.units) < kFewestUnits) return {0, kInfinity};
  if (control.mean <= 0) return {arm.mean > 0 ? 1.0 : 0.0, kInfinity};
  if (arm.mean <= 0) return {0, 0};
  const Log one = LogOf(arm), other = LogOf(control);
  const double weight = WeightOf(arm, one.variance, control, other.variance);
  const double width = std::sqrt(one.variance + other.variance) * Reach(weight, alpha);
  if (std::isnan(width)) return {0, kInfinity};
  return {std::exp(one.value - other.value - width), std::exp(one.value - other.value + width)};
}

std::optional<GoodShare> GoodShareOf(const Units& units, double alpha) {
  const Totals totals = TotalsOf(units);
  if (totals.answers == 0) return std::nullopt;
  if (totals.others == 0) return GoodShare{1, {1, 1}, 0, true};
  if (totals.judged == 0) return std::nullopt;
  GoodShare good;
  good.share = 1 - totals.others / totals.answers * totals.lost / totals.judged;
  good.bounds = BoundsOf(good.share, WorthOf(units, totals), alpha);
  good.judged_units = totals.judged_units;
  return good;
}

RatingMean RatingOf(const Units& units, double alpha) {
  RatingMean result;
  double sum = 0;
  int64_t most = 0;
  for (const UnitFigures& unit : units) {
    result.ratings += unit.ratings;
    sum += unit.rating_sum;
    most = std::max(most, unit.ratings);
  }
  if (result.ratings == 0) return result;
  result.mean = sum / static_cast<double>(result.ratings);
  const double count = static_cast<double>(result.ratings) / static_cast<double>(most);
  const Interval share = BoundsOf((result.mean + 1) / 2, count, alpha);
  result.bounds = {2 * share.low - 1, 2 * share.high - 1};
  return result;
}

}  // namespace weir::app
