#include "learn/logistic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "learn/linear_solve.h"

namespace weir::learn {
namespace {

constexpr int kNewtonSteps = 25;
constexpr double kLeastWeight = 1e-4;

}  // namespace

std::vector<double> FitLogistic(std::span<const LogisticPoint> points,
                                std::span<const LogisticPull> pulls) {
  std::vector<double> weights;
  for (const LogisticPull& pull : pulls) weights.push_back(pull.prior);
  for (int step = 0; step < kNewtonSteps; ++step) {
    Normal normal(pulls.size());
    for (const LogisticPoint& point : points) {
      const double logit =
          std::inner_product(weights.begin(), weights.end(), point.inputs.begin(), 0.0);
      const double chance = 1 / (1 + std::exp(-logit));
      const double weight = std::max(chance * (1 - chance), kLeastWeight);
      normal.Add(point.inputs, logit + (point.good - chance) / weight, weight);
    }
    for (size_t i = 0; i < pulls.size(); ++i) normal.Pull(i, pulls[i].prior, pulls[i].penalty);
    const std::vector<double> next = normal.Solve();
    // Half of a step never overshoots by much.
    for (size_t i = 0; i < weights.size(); ++i) weights[i] += 0.5 * (next[i] - weights[i]);
  }
  return weights;
}

}  // namespace weir::learn
