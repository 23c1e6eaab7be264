#include "learn/figures.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::learn {
namespace {

// Two prompts that need the strong model, two that do not.
const std::vector<Outcome> kFour = {{0, 1, 1, 20}, {1, 1, 1, 20}, {0, 1, 1, 20}, {1, 1, 1, 20}};

TEST(Figures, APerfectOrderRecoversTheGapWithHalfTheCalls) {
  const Figures figures = Judge(kFour, std::vector<double>{0.9, 0.1, 0.8, 0.2});
  EXPECT_EQ(figures.rows, 4U);
  EXPECT_DOUBLE_EQ(figures.weak, 0.5);
  EXPECT_DOUBLE_EQ(figures.strong, 1);
  EXPECT_DOUBLE_EQ(figures.positive, 0.5);
  EXPECT_DOUBLE_EQ(*figures.apgr, 0.75);  // a triangle of 1/2 x 1/2 x 2, then a whole half
  EXPECT_DOUBLE_EQ(*figures.auroc, 1);
  EXPECT_DOUBLE_EQ(figures.cpt50, 25);
  EXPECT_DOUBLE_EQ(figures.cpt95, 47.5);
  EXPECT_DOUBLE_EQ(*figures.saved100, 100 * (1 - 42.0 / 80));
  EXPECT_DOUBLE_EQ(*figures.flat100, 100 * (1 - (2 + 2 * 0.05) / 4));
}

TEST(Figures, AReversedOrderIsAsBadAsTheOtherIsGood) {
  const Figures figures = Judge(kFour, std::vector<double>{0.1, 0.9, 0.2, 0.8});
  EXPECT_DOUBLE_EQ(*figures.apgr, 0.25);
  EXPECT_DOUBLE_EQ(*figures.auroc, 0);
  EXPECT_DOUBLE_EQ(figures.cpt50, 75);
}

TEST(Figures, EqualScoresAreAStraightLine) {
  const Figures figures = Judge(kFour, std::vector<double>{3, 3, 3, 3});
  EXPECT_DOUBLE_EQ(*figures.apgr, 0.5);
  EXPECT_DOUBLE_EQ(*figures.auroc, 0.5);
  EXPECT_DOUBLE_EQ(figures.cpt80, 80);
}

TEST(Figures, WhatTheRowsDoNotDefineIsNothing) {
  const std::vector<Outcome> same = {{1, 1, 0, 0}, {0, 0, 0, 0}};
  const Figures figures = Judge(same, std::vector<double>{1, 2});
  EXPECT_FALSE(figures.apgr);
  EXPECT_FALSE(figures.auroc);
  EXPECT_FALSE(figures.saved95);
  EXPECT_EQ(Judge({}, {}).rows, 0U);
}

TEST(Figures, TheIntervalHoldsTheFigureAndIsTheSameEachTime) {
  std::vector<Outcome> rows;
  std::vector<double> scores;
  for (int i = 0; i < 400; ++i) {
    rows.push_back({i % 3 == 0 ? 0.0 : 1.0, i % 7 == 0 ? 0.0 : 1.0, 1, 20});
    scores.push_back((i * 37) % 100);
  }
  const double apgr = *Judge(rows, scores).apgr;
  const auto interval = ApgrInterval(rows, scores, 200);
  EXPECT_LT(interval.first, apgr);
  EXPECT_GT(interval.second, apgr);
  EXPECT_EQ(interval, ApgrInterval(rows, scores, 200));
}

TEST(Figures, TheMeanLeavesOutWhatAGroupDoesNotHave) {
  Figures with;
  with.apgr = 0.6;
  with.weak = 0.2;
  Figures without;
  without.weak = 0.4;
  const std::vector<Figures> groups = {with, without};
  const Figures mean = Mean(groups);
  EXPECT_DOUBLE_EQ(*mean.apgr, 0.6);
  EXPECT_DOUBLE_EQ(mean.weak, 0.3);
  EXPECT_FALSE(mean.auroc);
}

}  // namespace
}  // namespace weir::learn
