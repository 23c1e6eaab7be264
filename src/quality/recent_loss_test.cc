#include "quality/recent_loss.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weir::quality {
namespace {

TEST(RecentLoss, VerdictsCountByTheRequestsTheyStandFor) {
  RecentLoss recent(1'000, RecentLoss::Counts::kAll);
  for (int i = 0; i < 20; ++i) {
    recent.Add(true, 1, 1, 1);
    recent.Add(true, 0, 10, 1);
  }
  EXPECT_DOUBLE_EQ(recent.loss(), 1.0 / 11);
  // Kish: 220^2 / (20 * 1 + 20 * 100) equal ones.
  const double equal = 220.0 * 220 / 2'020;
  const double variance = (equal / 11 + 2) / (equal + 4);
  EXPECT_NEAR(recent.error(), std::sqrt(variance / (equal + 1)), 1e-12);
  recent.Add(false, 1, 220, 1);
  EXPECT_DOUBLE_EQ(recent.loss(), 1.0 / 22) << "what is not answered cheaply loses nothing";
}

TEST(RecentLoss, AKeysWeightMakesNoMoreOfIt) {
  RecentLoss whole, half;
  for (int i = 0; i < 60; ++i) {
    whole.Add(true, i % 3 == 0 ? 1 : 0, 1, 1);
    half.Add(true, i % 3 == 0 ? 1 : 0, 0.5, 0.5);
  }
  EXPECT_DOUBLE_EQ(half.loss(), whole.loss());
  EXPECT_GT(half.error(), whole.error());
}

}  // namespace
}  // namespace weir::quality
