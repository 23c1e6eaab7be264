// Ridge regression over hashed n-grams: one design matrix, several targets.
#pragma once

#include <cstdint>
#include <vector>

#include "learn/training_row.h"

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
  // Number of rows that hold the bucket.
  const std::vector<uint32_t>& row_counts() const { return row_counts_; }

 private:
  void CountRows(const std::vector<const FeatureVector*>& rows);
  void AppendRow(const FeatureVector& row, float context_weight);
  // `vector` holds the columns and, last, the intercept.
  void Multiply(const std::vector<float>& vector, std::vector<float>* product) const;
  void MultiplyTransposed(const std::vector<float>& residual, const std::vector<float>& weight,
                          std::vector<float>* product) const;

  std::vector<uint32_t> row_counts_;
  std::vector<int32_t> column_of_bucket_;
  size_t columns_ = 0;
  std::vector<uint32_t> column_;
  std::vector<float> value_;
  std::vector<size_t> row_start_{0};
};

}  // namespace weir::learn
