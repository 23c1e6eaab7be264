#include "quality/answer_length.h"

#include <algorithm>
#include <cmath>

namespace weir::quality {

void AnswerLength::Add(int64_t given, int64_t baseline) {
  if (given <= 0 || baseline <= 0) return;
  ++count_;
  const auto a = static_cast<double>(given), b = static_cast<double>(baseline);
  given_ += a;
  baseline_ += b;
  given_squared_ += a * a;
  both_ += a * b;
  baseline_squared_ += b * b;
}

LengthShare AnswerLength::share() const {
  if (count_ < kFewest) return {};
  const double ratio = baseline_ / given_;
  const double residue = baseline_squared_ - 2 * ratio * both_ + ratio * ratio * given_squared_;
  const auto n = static_cast<double>(count_);
  const double error = std::sqrt(std::max(0.0, residue) * n / (n - 1)) / given_;
  return {ratio, std::max(0.0, ratio - 2 * error), ratio + 2 * error, true};
}

}  // namespace weir::quality
