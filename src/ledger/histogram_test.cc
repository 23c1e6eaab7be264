#include "ledger/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace weir::ledger {
namespace {

TEST(Histogram, EmptyHasNoPercentile) {
  Histogram histogram;
  histogram.Add(-1);
  EXPECT_EQ(histogram.Percentile(50), -1);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.Add(value);
  EXPECT_EQ(histogram.Percentile(50), 50);
  EXPECT_EQ(histogram.Percentile(95), 95);
  EXPECT_EQ(histogram.Percentile(100), 100);
}

TEST(Histogram, EveryMagnitudeIsWithinOnePercent) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    Histogram histogram;
    std::vector<int64_t> values;
    for (int i = 0; i < 101; ++i) {
      values.push_back(static_cast<int64_t>(random() >> (1 + random() % 63)));
      histogram.Add(values.back());
    }
    std::sort(values.begin(), values.end());
    for (int percent : {50, 95}) {
      // Nearest rank: ceil(101 * percent / 100).
      auto exact = static_cast<double>(values[static_cast<size_t>((101 * percent + 99) / 100 - 1)]);
      EXPECT_NEAR(static_cast<double>(histogram.Percentile(percent)), exact, exact / 100);
    }
  }
}

TEST(Histogram, TheLargestValueFits) {
  Histogram histogram;
  histogram.Add(INT64_MAX);
  EXPECT_GT(histogram.Percentile(50), INT64_MAX / 100 * 99);
}

}  // namespace
}  // namespace weir::ledger
