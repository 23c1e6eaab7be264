#include "learn/linear_solve.h"

#include <algorithm>
#include <cmath>

namespace weir::learn {

void Normal::Add(const std::vector<double>& inputs, double target, double weight) {
  for (size_t i = 0; i < size_; ++i) {
    const double scaled = weight * inputs[i];
    right_[i] += scaled * target;
    for (size_t j = 0; j <= i; ++j) matrix_[i * size_ + j] += scaled * inputs[j];
  }
}

void Normal::Pull(size_t i, double prior, double penalty) {
  matrix_[i * size_ + i] += penalty;
  right_[i] += penalty * prior;
}

std::vector<double> Normal::Solve() const {
  constexpr double kSmallestPivot = 1e-12;
  std::vector<double> lower = matrix_;
  std::vector<double> x = right_;
  for (size_t i = 0; i < size_; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = lower[i * size_ + j];
      for (size_t k = 0; k < j; ++k) sum -= lower[i * size_ + k] * lower[j * size_ + k];
      lower[i * size_ + j] =
          i == j ? std::sqrt(std::max(sum, kSmallestPivot)) : sum / lower[j * size_ + j];
    }
    for (size_t k = 0; k < i; ++k) x[i] -= lower[i * size_ + k] * x[k];
    x[i] /= lower[i * size_ + i];
  }
  for (size_t i = size_; i-- > 0;) {
    for (size_t k = i + 1; k < size_; ++k) x[i] -= lower[k * size_ + i] * x[k];
    x[i] /= lower[i * size_ + i];
  }
  return x;
}

}  // namespace weir::learn
