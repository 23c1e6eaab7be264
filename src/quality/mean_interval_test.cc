#include "quality/mean_interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace weir::quality {
namespace {

TEST(MeanInterval, MayBeLookedAtAfterEachValue) {
  int missed = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> cost(1);
    const double truth = 1;
    double sum = 0, squares = 0;
    bool out = false;
    for (int64_t n = 1; n <= 3'000; ++n) {
      const double value = cost(random);
      sum += value;
      squares += value * value;
      if (n < 100) continue;  // it is asymptotic
      const Interval interval = MeanInterval(n, sum, squares, 0.05);
      out = out || truth < interval.low || truth > interval.high;
    }
    missed += out ? 1 : 0;
  }
  EXPECT_LE(missed, 35);
}

TEST(MeanInterval, NarrowsAndSaysNothingOfOne) {
  EXPECT_TRUE(std::isinf(MeanInterval(49, 245, 1'300, 0.05).high));
  const Interval few = MeanInterval(100, 500, 3'000, 0.05),
                 many = MeanInterval(10'000, 50'000, 300'000, 0.05);
  EXPECT_LT(many.high - many.low, few.high - few.low);
}

}  // namespace
}  // namespace weir::quality
