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
    : rows_(rows, {.context_weight = context_weight, .fewest_rows = kMinRows}) {}

void RidgeDesign::Multiply(const std::vector<float>& vector, std::vector<float>* product) const {
  for (size_t row = 0; row < product->size(); ++row) {
    const auto [columns, values] = rows_[row];
    float sum = vector.back();
    for (size_t k = 0; k < columns.size(); ++k) sum += vector[columns[k]] * values[k];
    (*product)[row] = sum;
  }
}

void RidgeDesign::MultiplyTransposed(const std::vector<float>& residual,
                                     const std::vector<float>& weight,
                                     std::vector<float>* product) const {
  product->assign(rows_.columns() + 1, 0.0f);
  double intercept = 0;
  for (size_t row = 0; row < residual.size(); ++row) {
    const float scaled = residual[row] * weight[row];
    intercept += scaled;
    const auto [columns, values] = rows_[row];
    for (size_t k = 0; k < columns.size(); ++k) (*product)[columns[k]] += scaled * values[k];
  }
  product->back() = static_cast<float>(intercept);
}

// Conjugate gradients on the normal equations.
RidgeHead RidgeDesign::Solve(const std::vector<float>& target, const std::vector<float>& weight,
                             float penalty, int iterations) const {
  const double mean = WeightedMean(target, weight);
  std::vector<float> row_space(target.size());
  for (size_t i = 0; i < target.size(); ++i) {
    row_space[i] = static_cast<float>(target[i] - mean);
  }
  const size_t bias = rows_.columns();
  std::vector<float> solution(bias + 1, 0.0f), residual, product;
  MultiplyTransposed(row_space, weight, &residual);
  std::vector<float> direction = residual;
  double energy = SquaredNorm(residual);
  const double stop = kTolerance * energy;
  for (int iteration = 0; iteration < iterations && energy > stop; ++iteration) {
    Multiply(direction, &row_space);
    MultiplyTransposed(row_space, weight, &product);
    for (size_t j = 0; j < bias; ++j) product[j] += penalty * direction[j];
    product[bias] += kInterceptPenalty * direction[bias];
    const double step = energy / Dot(direction, product);
    AddScaled(step, direction, &solution);
    AddScaled(-step, product, &residual);
    const double next = SquaredNorm(residual);
    for (size_t j = 0; j <= bias; ++j) {
      direction[j] = residual[j] + static_cast<float>(next / energy) * direction[j];
    }
    energy = next;
  }
  RidgeHead head{std::vector<float>(kBuckets, 0.0f), static_cast<float>(mean + solution[bias])};
  for (size_t j = 0; j < bias; ++j) head.weights[rows_.PlaceOf(j)] = solution[j];
  return head;
}

}  // namespace weir::learn
