#include "quality/share_interval.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/split_mix.h"

namespace weir::quality {
namespace {

constexpr double kAlpha = 0.05;

double Uniform(SplitMix64* random) {
  return static_cast<double>(random->Next() >> 11) * 0x1.0p-53;
}

// Whether the interval ever leaves the true share out. `weigh`: every third verdict counts half.
bool EverExcludes(double p, uint64_t seed, bool weigh) {
  SplitMix64 random(seed);
  ShareInterval interval;
  for (int i = 0; i < 5000; ++i) {
    interval.Add(Uniform(&random) < p, weigh && i % 3 == 0 ? 0.5 : 1);
    if (interval.Excludes(p, kAlpha)) return true;
  }
  return false;
}

TEST(ShareInterval, LookedAtAfterEachVerdictItStillMissesRarely) {
  constexpr int kRuns = 2000;
  for (const double p : {0.5, 0.8, 0.95, 0.99}) {
    int missed = 0;
    for (uint64_t run = 0; run < kRuns; ++run) {
      if (EverExcludes(p, run * 4 + static_cast<uint64_t>(p * 100), p == 0.8)) ++missed;
    }
    RecordProperty("missed_at_" + std::to_string(static_cast<int>(100 * p)), missed);
    EXPECT_LE(missed, kAlpha * kRuns) << p;
    EXPECT_GT(missed, 0) << p << ": it would be needlessly wide";
  }
}

TEST(ShareInterval, IsOfUsefulWidth) {
  // Against the interval of one look, 1.96 standard errors to each side.
  for (const double count : {100.0, 1000.0, 5000.0}) {
    ShareInterval interval;
    for (int i = 0; i < count; ++i) interval.Add(i % 20 != 0);
    const Interval bounds = interval.Bounds(kAlpha);
    EXPECT_LT(bounds.low, 0.95);
    EXPECT_GT(bounds.high, 0.95);
    const double once = 2 * 1.96 * std::sqrt(0.95 * 0.05 / count);
    EXPECT_LT(bounds.high - bounds.low, 2 * once) << count;
  }
}

TEST(ShareInterval, EndsWhereItExcludes) {
  ShareInterval interval;
  for (int i = 0; i < 300; ++i) interval.Add(i % 10 != 0);
  const Interval bounds = interval.Bounds(kAlpha);
  EXPECT_TRUE(interval.Excludes(bounds.low - 1e-6, kAlpha));
  EXPECT_FALSE(interval.Excludes(bounds.low + 1e-6, kAlpha));
  EXPECT_TRUE(interval.Excludes(bounds.high + 1e-6, kAlpha));
  EXPECT_FALSE(interval.Excludes(bounds.high - 1e-6, kAlpha));
}

TEST(ShareInterval, KnowsNothingWithoutVerdictsAndNeverAllOfIt) {
  const Interval nothing = ShareInterval().Bounds(kAlpha);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
  ShareInterval good;
  for (int i = 0; i < 200; ++i) good.Add(true);
  EXPECT_EQ(good.Bounds(kAlpha).high, 1);
  EXPECT_GT(good.Bounds(kAlpha).low, 0.95);
  EXPECT_LT(good.Bounds(kAlpha).low, 1);
}

}  // namespace
}  // namespace weir::quality
