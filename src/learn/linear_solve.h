// Small dense linear systems.
#pragma once

#include <cstddef>
#include <vector>

namespace weir::learn {

// A symmetric positive definite matrix, its rows one after the other.
class Normal {
 public:
  explicit Normal(size_t size) : size_(size), matrix_(size * size), right_(size) {}

  // The normal equations of one row more: weight * (inputs . x - target)^2. `inputs` has `size`.
  void Add(const std::vector<double>& inputs, double target, double weight);
  // penalty * (x[i] - prior)^2.
  void Pull(size_t i, double prior, double penalty);
  std::vector<double> Solve() const;  // by Cholesky

 private:
  size_t size_;
  std::vector<double> matrix_, right_;
};

}  // namespace weir::learn
