#include "quality/recent_loss.h"

#include <algorithm>
#include <cmath>

#include "quality/loss_figures.h"

namespace weir::quality {
double NetLoss(Outcome outcome, double judge_error) {
  if (outcome == Outcome::kTie) return 0;
  const double whole = 1 / (1 - 2 * std::clamp(judge_error, 0.0, kWorstJudgeError));
  return outcome == Outcome::kLoss ? whole : -whole;
}

void RecentLoss::Sums::Add(bool cheap, double seen, double requests, double weight) {
  verdicts += weight;
  traffic += requests;
  if (!cheap) return;
  cheap_traffic += requests;
  count += weight;
  squares += requests * requests;
  net += requests * seen;
  square += requests * seen * seen;
}

void RecentLoss::Add(bool cheap, double net, double traffic, double weight) {
  older_.Add(cheap, net, traffic, weight);
  if (Filled(older_) > window_) younger_.Add(cheap, net, traffic, weight);
  if (Filled(younger_) < window_) return;
  older_ = younger_;
  younger_ = Sums();
}

double RecentLoss::Equal() const {
  if (older_.squares <= 0) return 0;
  return std::min(older_.count, older_.cheap_traffic * older_.cheap_traffic / older_.squares);
}

double RecentLoss::error() const {
  return LossError(Share(), Equal(), Equal() * MeanSquare());
}

Interval RecentLoss::Bounds(double alpha) const {
  return LossBounds(Share(), Equal(), Equal() * Mean(), Equal() * MeanSquare(), alpha);
}

}  // namespace weir::quality
