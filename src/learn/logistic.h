// Logistic regression with a pull towards what was believed before.
#pragma once

#include <span>
#include <vector>

namespace weir::learn {

struct LogisticPoint {
  std::vector<double> inputs;
  double good = 0;  // 0..1
};

struct LogisticPull {
  double prior = 0;
  double penalty = 0;  // of the squared distance from `prior`; a point counts for at most 1/4
};

// Weights of the inputs, of which there are as many as pulls. By Newton's method.
std::vector<double> FitLogistic(std::span<const LogisticPoint> points,
                                std::span<const LogisticPull> pulls);

}  // namespace weir::learn
