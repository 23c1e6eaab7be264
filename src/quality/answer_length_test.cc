#include "quality/answer_length.h"

#include <gtest/gtest.h>

#include <random>

namespace weir::quality {
namespace {

TEST(AnswerLength, SaysNothingOfFew) {
  AnswerLength length;
  for (int i = 0; i < 9; ++i) length.Add(100, 300);
  EXPECT_FALSE(length.share().measured);
  EXPECT_EQ(length.share().share, 1);
  length.Add(0, 300);
  EXPECT_FALSE(length.share().measured) << "what has no length is no evidence";
  length.Add(100, 300);
  EXPECT_TRUE(length.share().measured);
  EXPECT_DOUBLE_EQ(length.share().share, 3);
  EXPECT_DOUBLE_EQ(length.share().low, 3);
}

TEST(AnswerLength, TheRangeHoldsTheTruthInNineteenOfTwenty) {
  int held = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> given(5, 0.8), factor(0, 0.5);
    AnswerLength length;
    for (int i = 0; i < 200; ++i) {
      const double a = given(random);
      length.Add(static_cast<int64_t>(a), static_cast<int64_t>(a * 1.5 * factor(random)));
    }
    const double truth = 1.5 * std::exp(0.5 * 0.5 / 2);
    const LengthShare share = length.share();
    held += share.low <= truth && truth <= share.high ? 1 : 0;
  }
  EXPECT_GE(held, 360);
}

}  // namespace
}  // namespace weir::quality
