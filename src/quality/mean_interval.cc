#include "quality/mean_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::quality {

Interval MeanInterval(int64_t count, double sum, double squares, double alpha) {
  constexpr double kRho = 0.1;
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  constexpr int64_t kFewest = 50;  // it is asymptotic
  if (count < kFewest) return {-kUnbounded, kUnbounded};
  const auto n = static_cast<double>(count);
  const double mean = sum / n;
  const double variance = std::max(0.0, (squares - n * mean * mean) / (n - 1));
  const double spread = n * kRho * kRho + 1;
  const double width = std::sqrt(2 * variance * spread / (n * n * kRho * kRho) *
                                 std::log(std::sqrt(spread) / alpha));
  return {mean - width, mean + width};
}

}  // namespace weir::quality
