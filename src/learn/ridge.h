// Ridge regression over hashed n-grams: one design matrix, several targets.
#pragma once

#include <cstdint>
#include <vector>

#include "learn/sparse_rows.h"

namespace weir::learn {

struct RidgeHead {
  std::vector<float> weights;  // One per bucket; zero where the bucket is too rare.
  float bias = 0;
};

class RidgeDesign {
 public:
  RidgeDesign(const std::vector<const FeatureVector*>& rows, float context_weight);

  RidgeHead Solve(const std::vector<float>& target, const std::vector<float>& weight, float penalty,
                  int iterations) const;
  const SparseRows& rows() const { return rows_; }

 private:
  // `vector` holds the columns and, last, the intercept.
  void Multiply(const std::vector<float>& vector, std::vector<float>* product) const;
  void MultiplyTransposed(const std::vector<float>& residual, const std::vector<float>& weight,
                          std::vector<float>* product) const;

  SparseRows rows_;
};

}  // namespace weir::learn
