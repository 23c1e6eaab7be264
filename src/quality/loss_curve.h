// The net loss of the cheaper answers as a curve of the score: a quadratic by Bayesian linear
// regression (Bishop 2006, 3.3). Neighbouring scores learn from one another, and what is said of a
// range of scores comes with its standard error.
#pragma once

#include <array>
#include <cstddef>

#include "quality/loss_grid.h"

namespace weir::quality {

class LossCurve {
 public:
  static constexpr size_t kTerms = 3;  // Legendre's polynomials of 2 * score - 1
  using Terms = std::array<double, kTerms>;

  LossCurve() = default;  // the prior: 0 in the middle, 0.15 more for each half of the scores
  explicit LossCurve(const LossRow& row);

  double At(double score) const;
  double variance() const { return variance_; }  // of one corrected verdict

  struct Estimate {
    double loss = 0, error = 0;
  };
  // Of sum over i of weight_i * loss(score_i), where `sum` is that of weight_i * TermsOf(score_i).
  Estimate Of(const Terms& sum) const;
  static Terms TermsOf(double score);

 private:
  Terms means_{0, 0.15, 0};
  std::array<Terms, kTerms> covariance_{};
  double variance_ = 0;
};

}  // namespace weir::quality
