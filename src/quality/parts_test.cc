#include "quality/parts.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

namespace weir::quality {
namespace {

// Traffic that is uniform over the scores, 4,000 verdicts of it.
Sharer Of(double saving, const std::function<double(double)>& loss, double reach = 1) {
  Sharer sharer{saving, 0.05, {}, {}, 4'000};
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    const double score = MiddleOf(bin);
    if (score > reach) continue;
    sharer.row[bin] = {100, 100, 100 * loss(score), 100 * loss(score), 100, 100};
  }
  sharer.curve = LossCurve(sharer.row);
  return sharer;
}

double Sum(const std::vector<double>& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

TEST(BestParts, OneHasAll) {
  const Sharer one = Of(1, [](double score) { return score; });
  EXPECT_EQ(BestParts(std::span(&one, 1)), std::vector<double>{1});
}

TEST(BestParts, OfEqualOnesTheFirstHasNearlyAll) {
  const Sharer one = Of(1, [](double score) { return score / 2; });
  const std::vector<double> parts = BestParts(std::vector{one, one, one});
  EXPECT_NEAR(Sum(parts), 1, 1e-12);
  EXPECT_GT(parts[0], 0.9);
  for (const double part : parts) EXPECT_GE(part, 0.05 / 3 / 1.05 - 1e-12);
}

// Of a quarter of a request the weak one loses a half, the middle one a tenth of that.
TEST(BestParts, WhoLosesLittleForWhatItSavesHasMost) {
  const Sharer weak = Of(19, [](double score) { return 0.5 * score; });
  const Sharer middle = Of(15, [](double score) { return 0.1 * score; });
  const std::vector<double> parts = BestParts(std::vector{weak, middle});
  EXPECT_GT(parts[1], 0.75);
  EXPECT_NEAR(Sum(parts), 1, 1e-12);
  const std::vector<double> turned = BestParts(std::vector{middle, weak});
  EXPECT_DOUBLE_EQ(turned[0], parts[1]) << "whatever the order of the config";
}

TEST(BestParts, WhoSavesLittleHasLittle) {
  const Sharer weak = Of(19, [](double score) { return 0.1 * score; });
  const Sharer middle = Of(1, [](double score) { return 0.09 * score; });
  const std::vector<double> parts = BestParts(std::vector{weak, middle});
  EXPECT_GT(parts[0], 0.9);
}

TEST(BestParts, WhatIsLeftIsSharedEqually) {
  const Sharer harmless = Of(19, [](double) { return 0; });
  const std::vector<double> parts = BestParts(std::vector{harmless, harmless});
  EXPECT_NEAR(parts[0], 0.5, 0.05);
}

TEST(BestParts, WhatIsHeldIsNotPlannedWith) {
  const Sharer held = Of(19, [](double) { return 0.01; }, 0.1);
  const Sharer other = Of(15, [](double score) { return 0.2 * score; });
  EXPECT_GT(BestParts(std::vector{held, other})[1], 0.8);
}

// Losses that fall: a plan answers all or nothing, and what is left goes to who would lose more.
TEST(BestParts, WhatNoPlanUsesGoesToWhoWouldNeedIt) {
  const Sharer weak = Of(19, [](double) { return 0.2; });
  const Sharer middle = Of(15, [](double score) { return 0.08 - 0.02 * score; });
  EXPECT_GT(BestParts(std::vector{weak, middle})[1], 0.9);
}

TEST(BestParts, AFloorOfOneIsSharedEvenly) {
  Sharer wins = Of(19, [](double) { return -0.05; });
  Sharer loses = Of(15, [](double score) { return 0.05 * (score - 0.2); });
  wins.allowed = loses.allowed = 0;
  EXPECT_EQ(BestParts(std::vector{wins, loses}), (std::vector{0.5, 0.5}));
}

TEST(BestParts, NothingAllowedAndNothingSavedAreNoTrap) {
  Sharer none = Of(0, [](double score) { return score; });
  none.allowed = 0;
  for (const double part : BestParts(std::vector{none, none})) EXPECT_NEAR(part, 0.5, 1e-12);
}

TEST(MoveParts, ByStepsThatStayTogetherOne) {
  std::vector<double> parts{0.5, 0.3, 0.2};
  const std::vector<double> wanted{0.1, 0.1, 0.8};
  MoveParts(wanted, &parts);
  EXPECT_NEAR(parts[0], 0.5, 0.03);
  EXPECT_LT(parts[0], 0.5);
  for (int i = 0; i < 100; ++i) {
    MoveParts(wanted, &parts);
    ASSERT_NEAR(Sum(parts), 1, 1e-12);
  }
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(parts[i], wanted[i], 1e-6);
}

}  // namespace
}  // namespace weir::quality
