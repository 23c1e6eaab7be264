#include "learn/shares.h"

#include <gtest/gtest.h>

namespace weir::learn {
namespace {

using route::learned::kShareKnots;
using route::learned::ShareTable;
using route::learned::Weights;

TEST(Shares, AreEqualStepsOfTheNeeds) {
  std::vector<WeighedNeed> needs;
  for (size_t i = 0; i < kShareKnots; ++i) needs.push_back({static_cast<float>(256 - i)});
  const ShareTable shares = SharesOf(needs);
  for (size_t knot = 0; knot < kShareKnots; ++knot) {
    EXPECT_EQ(shares[knot], static_cast<float>(knot)) << "in any order";
  }
}

TEST(Shares, AWeightIsSoManyNeeds) {
  Weights weights;
  weights.shares = SharesOf({{1, 6}, {5, 0}, {2, 3}, {3, 1}});
  EXPECT_NEAR(weights.ShareOf(1), 0.3, 0.005) << "the middle of the first six";
  EXPECT_NEAR(weights.ShareOf(2), 0.75, 0.005);
  EXPECT_NEAR(weights.ShareOf(3), 0.95, 0.005);
  EXPECT_GT(weights.ShareOf(5), 0.99) << "of no weight";
}

TEST(Shares, OneNeedIsAllThereIs) {
  const ShareTable shares = SharesOf({{7, 0.5}});
  EXPECT_EQ(shares.front(), 7);
  EXPECT_EQ(shares.back(), 7);
}

}  // namespace
}  // namespace weir::learn
