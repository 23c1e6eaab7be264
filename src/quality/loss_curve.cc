#include "quality/loss_curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::quality {
namespace {

// Spread of the terms over routes, by judgement on pairs of the training data: losses differ by .1
// to .5 between the easiest and the hardest prompts. The constant is left to the data.
constexpr LossCurve::Terms kMean = {0, 0.15, 0};
constexpr LossCurve::Terms kSpread = {1, 0.2, 0.1};

// The normal equations beside the identity, whose place the inverse takes.
using System = std::array<std::array<double, 2 * LossCurve::kTerms>, LossCurve::kTerms>;

// Gauss and Jordan; positive definite, so that no pivot is 0.
void Invert(System* system) {
  for (size_t i = 0; i < LossCurve::kTerms; ++i) {
    const double pivot = (*system)[i][i];
    for (double& value : (*system)[i]) value /= pivot;
    for (size_t k = 0; k < LossCurve::kTerms; ++k) {
      if (k == i) continue;
      const double factor = (*system)[k][i];
      for (size_t j = 0; j < 2 * LossCurve::kTerms; ++j) {
        (*system)[k][j] -= factor * (*system)[i][j];
      }
    }
  }
}

double VarianceOf(const LossRow& row) {
  // Two verdicts that say something, so that a few ties do not mean certainty.
  double count = 4, square = 2;
  for (const LossCell& cell : row) {
    count += cell.count;
    square += cell.square;
  }
  return square / count;
}

}  // namespace

LossCurve::Terms LossCurve::TermsOf(double score) {
  const double z = 2 * score - 1;
  return {1, z, (3 * z * z - 1) / 2};
}

LossCurve::LossCurve(const LossRow& row) : variance_(VarianceOf(row)) {
  System system{};
  Terms right{};
  for (size_t i = 0; i < kTerms; ++i) {
    const double prior = variance_ / (kSpread[i] * kSpread[i]);
    system[i][i] = prior;
    system[i][kTerms + i] = 1;
    right[i] = prior * kMean[i];
  }
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    const Terms terms = TermsOf(MiddleOf(bin));
    for (size_t i = 0; i < kTerms; ++i) {
      for (size_t j = 0; j < kTerms; ++j) system[i][j] += row[bin].count * terms[i] * terms[j];
      right[i] += row[bin].net * terms[i];
    }
  }
  Invert(&system);
  means_ = {};
  for (size_t i = 0; i < kTerms; ++i) {
    for (size_t j = 0; j < kTerms; ++j) {
      means_[i] += system[i][kTerms + j] * right[j];
      covariance_[i][j] = variance_ * system[i][kTerms + j];
    }
  }
}

double LossCurve::At(double score) const {
  return Of(TermsOf(score)).loss;
}

LossCurve::Estimate LossCurve::Of(const Terms& sum) const {
  Estimate estimate;
  double variance = 0;
  for (size_t i = 0; i < kTerms; ++i) {
    estimate.loss += sum[i] * means_[i];
    for (size_t j = 0; j < kTerms; ++j) variance += sum[i] * covariance_[i][j] * sum[j];
  }
  estimate.error = std::sqrt(std::max(0.0, variance));
  return estimate;
}

}  // namespace weir::quality
