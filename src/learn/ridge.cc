#include "learn/ridge.h"

#include <cmath>

namespace weir::learn {
namespace {

// An n-gram of a single training row can only memorise that row.
constexpr uint32_t kMinRows = 2;
constexpr float kInterceptPenalty = 1e-3f;
constexpr double kTolerance = 1e-7;

double SquaredNorm(const std::vector<float>& vector) {
  double sum = 0;
  for (float value : vector) sum += static_cast<double>(value) * value;
  return sum;
}

double Dot(const std::vector<float>& left, const std::vector<float>& right) {
  double sum = 0;
  for (size_t i = 0; i < left.size(); ++i) sum += static_cast<double>(left[i]) * right[i];
  return sum;
}

void AddScaled(double scale, const std::vector<float>& from, std::vector<float>* to) {
  for (size_t i = 0; i < from.size(); ++i) (*to)[i] += static_cast<float>(scale * from[i]);
}

double WeightedMean(const std::vector<float>& values, const std::vector<float>& weight) {
  double sum = 0, total = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<double>(weight[i]) * values[i];
    total += weight[i];
  }
  return sum / total;
}

}  // namespace

RidgeDesign::RidgeDesign(const std::vector<const FeatureVector*>& rows, float context_weight)
    : row_counts_(kBuckets, 0), column_of_bucket_(kBuckets, -1) {
  CountRows(rows);
  for (const FeatureVector* row : rows) AppendRow(*row, context_weight);
}

void RidgeDesign::CountRows(const std::vector<const FeatureVector*>& rows) {
  for (const FeatureVector* row : rows) {
    for (uint32_t bucket : row->buckets) ++row_counts_[bucket];
  }
  for (uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (row_counts_[bucket] < kMinRows) continue;
    column_of_bucket_[bucket] = static_cast<int32_t>(columns_++);
  }
}

void RidgeDesign::AppendRow(const FeatureVector& row, float context_weight) {
  const size_t context = row.buckets.size() - row.focus_buckets;
  const float norm = std::sqrt(static_cast<float>(row.focus_buckets) +
                               context_weight * context_weight * static_cast<float>(context));
  for (size_t i = 0; i < row.buckets.size(); ++i) {
    const int32_t column = column_of_bucket_[row.buckets[i]];
    if (column < 0) continue;
    column_.push_back(static_cast<uint32_t>(column));
    value_.push_back((i < row.focus_buckets ? 1.0f : context_weight) / norm);
  }
  row_start_.push_back(column_.size());
}

void RidgeDesign::Multiply(const std::vector<float>& vector, std::vector<float>* product) const {
  for (size_t row = 0; row < product->size(); ++row) {
    float sum = vector[columns_];
    for (size_t k = row_start_[row]; k < row_start_[row + 1]; ++k) {
      sum += vector[column_[k]] * value_[k];
    }
    (*product)[row] = sum;
  }
}

void RidgeDesign::MultiplyTransposed(const std::vector<float>& residual,
                                     const std::vector<float>& weight,
                                     std::vector<float>* product) const {
  product->assign(columns_ + 1, 0.0f);
  double intercept = 0;
  for (size_t row = 0; row < residual.size(); ++row) {
    const float scaled = residual[row] * weight[row];
    intercept += scaled;
    for (size_t k = row_start_[row]; k < row_start_[row + 1]; ++k) {
      (*product)[column_[k]] += scaled * value_[k];
    }
  }
  (*product)[columns_] = static_cast<float>(intercept);
}

// Conjugate gradients on the normal equations.
RidgeHead RidgeDesign::Solve(const std::vector<float>& target, const std::vector<float>& weight,
                             float penalty, int iterations) const {
  const double mean = WeightedMean(target, weight);
  std::vector<float> row_space(target.size());
  for (size_t i = 0; i < target.size(); ++i) {
    row_space[i] = static_cast<float>(target[i] - mean);
  }
  std::vector<float> solution(columns_ + 1, 0.0f), residual, product;
  MultiplyTransposed(row_space, weight, &residual);
  std::vector<float> direction = residual;
  double energy = SquaredNorm(residual);
  const double stop = kTolerance * energy;
  for (int iteration = 0; iteration < iterations && energy > stop; ++iteration) {
    Multiply(direction, &row_space);
    MultiplyTransposed(row_space, weight, &product);
    for (size_t j = 0; j < columns_; ++j) product[j] += penalty * direction[j];
    product[columns_] += kInterceptPenalty * direction[columns_];
    const double step = energy / Dot(direction, product);
    AddScaled(step, direction, &solution);
    AddScaled(-step, product, &residual);
    const double next = SquaredNorm(residual);
    for (size_t j = 0; j <= columns_; ++j) {
      direction[j] = residual[j] + static_cast<float>(next / energy) * direction[j];
    }
    energy = next;
  }
  RidgeHead head{std::vector<float>(kBuckets, 0.0f), static_cast<float>(mean + solution[columns_])};
  for (uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (column_of_bucket_[bucket] >= 0) head.weights[bucket] = solution[column_of_bucket_[bucket]];
  }
  return head;
}

}  // namespace weir::learn
