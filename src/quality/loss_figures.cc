#include "quality/loss_figures.h"

#include <algorithm>
#include <cmath>

#include "quality/mean_interval.h"
#include "quality/recent_loss.h"

namespace weir::quality {
namespace {

constexpr int64_t kFewPairs = 30;
// Two verdicts that say something of four: some ties in a row are no certainty.
constexpr double kPriorSquare = 2, kPriorCount = 4;

}  // namespace

double JudgeErrorOf(int64_t pairs, int64_t disagreements, double assumed) {
  if (pairs < kFewPairs) return assumed;
  const double share = static_cast<double>(disagreements) / static_cast<double>(pairs);
  const double error = (1 - std::sqrt(std::max(0.0, 1 - 2 * share))) / 2;
  return std::clamp(error, std::min(assumed, kWorstJudgeError), kWorstJudgeError);
}

double LossError(double share, double count, double square) {
  const double variance = (square + kPriorSquare) / (count + kPriorCount);
  return share * std::sqrt(variance / (count + 1));
}

Interval LossBounds(double share, double count, double net, double square, double alpha) {
  const Interval mean = MeanInterval(std::llround(count), net, square + kPriorSquare, alpha);
  if (!std::isfinite(mean.low)) return {-1, 1};
  return {std::max(-1.0, share * mean.low), std::min(1.0, share * mean.high)};
}

}  // namespace weir::quality
