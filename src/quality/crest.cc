#include "quality/crest.h"

#include <algorithm>
#include <cmath>

namespace weir::quality {
namespace {

// Chosen by bench/floor_sim; what was tried beside them is in docs/adr/0014-floor-controller.md.
constexpr double kLiftErrors = 3;
constexpr double kShrink = 100;       // verdicts for "no harder than it looks"
constexpr double kLossAScore = 0.25;  // how much more is lost a unit of score, on the whole
constexpr double kMostLift = 0.5;

// Where nobody knows whose requests are the curve may say more than it has seen: no wins there.
bool IsGuess(const LossCell& cell, const LossCurve& curve, size_t bin) {
  return cell.lately == 0 && curve.At(MiddleOf(bin)) < 0;
}

// `weight` times the terms in the middle of the bin.
void AddTerms(size_t bin, double weight, LossCurve::Terms* sum) {
  const LossCurve::Terms terms = LossCurve::TermsOf(MiddleOf(bin));
  for (size_t i = 0; i < LossCurve::kTerms; ++i) (*sum)[i] += weight * terms[i];
}

}  // namespace

Lift LiftOf(const LossRow& row, const LossCurve& pooled, bool was_lifted) {
  double count = 0, beyond = 0;
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    count += row[bin].count;
    beyond += row[bin].net - row[bin].count * pooled.At(MiddleOf(bin));
  }
  const double error = std::sqrt(count * pooled.variance());
  const double needed = was_lifted ? kLiftErrors / 2 : kLiftErrors;
  if (count == 0 || beyond <= needed * error) return {};
  const double lift = beyond / (count + kShrink) / kLossAScore;
  // By whole bins, so that evidence moves with it and is not smeared.
  return {std::min(kMostLift, std::round(lift * kScoreBins) / kScoreBins), true};
}

LossRow PooledRow(const LossGrid& grid) {
  return LiftedRow(grid, std::vector<CrestTerms>(grid.tasks()));
}

LossRow LiftedRow(const LossGrid& grid, const std::vector<CrestTerms>& terms) {
  LossRow pooled{};
  for (size_t task = 0; task < grid.tasks(); ++task) {
    if (terms[task].held) continue;
    const auto shift = static_cast<size_t>(std::lround(terms[task].lift * kScoreBins));
    for (size_t bin = 0; bin < kScoreBins; ++bin) {
      pooled[std::min(bin + shift, kScoreBins - 1)] += grid.row(task)[bin];
    }
  }
  return pooled;
}

Crest HighestCrest(const LossRow& row, const LossCurve& curve, double traffic, double allowed,
                   double caution, double slack) {
  Crest highest;
  LossCurve::Terms sum{};
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    if (!IsGuess(row[bin], curve, bin)) AddTerms(bin, row[bin].own() / traffic, &sum);
    const LossCurve::Estimate at = curve.Of(sum);
    const bool likely = at.loss <= allowed;
    const bool certain = at.loss + caution * at.error <= allowed + slack;
    if (likely && certain) highest = {EndOf(bin), at.loss, at.error};
  }
  return highest;
}

LossCurve::Estimate LossAt(const LossRow& row, const LossCurve& curve, double traffic,
                           double crest) {
  LossCurve::Terms sum{};
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    const double inside = std::clamp((crest - EndOf(bin)) * kScoreBins + 1, 0.0, 1.0);
    if (IsGuess(row[bin], curve, bin)) continue;
    AddTerms(bin, inside * row[bin].own() / traffic, &sum);
  }
  return curve.Of(sum);
}

double TrafficBelow(const LossRow& row, double traffic, double score) {
  double below = 0;
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    if (MiddleOf(bin) < score) below += row[bin].traffic;
  }
  return below / traffic;
}

}  // namespace weir::quality
