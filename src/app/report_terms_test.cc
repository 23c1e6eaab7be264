#include "app/report_terms.h"

#include <gtest/gtest.h>

#include "ledger/report_line.h"

namespace weir::app {
namespace {

ledger::LossSums Verdicts(int losses, int ties, int wins) {
  ledger::LossSums sums;
  for (int i = 0; i < losses; ++i) sums.Add(true, 1, 1);
  for (int i = 0; i < ties; ++i) sums.Add(true, 0, 1);
  for (int i = 0; i < wins; ++i) sums.Add(true, -1, 1);
  sums.chance_traffic = sums.traffic;
  sums.chance = 0.75 * sums.traffic;
  return sums;
}

ledger::FloorState StateOf(const ledger::LossSums& sums, double floor) {
  const ledger::ReportTerms::Loss found = LossOf(sums);
  ledger::QualityLine line;
  line.loss_low = found.low;
  line.loss_high = found.high;
  line.allowed = (1 - floor) * found.chance;
  return line.state();
}

TEST(LossOf, EqualModelsWhoseTiesAreFlippedAreNotUnderTheFloor) {
  EXPECT_EQ(StateOf(Verdicts(25, 450, 25), 0.95), ledger::FloorState::kOpen);
  EXPECT_EQ(StateOf(Verdicts(250, 4'500, 250), 0.95), ledger::FloorState::kHolds);
}

TEST(LossOf, WhatLosesTwiceWhatIsAllowedIs) {
  // .0375 are allowed; a true .075 appears as .06.
  EXPECT_EQ(StateOf(Verdicts(14, 184, 2), 0.95), ledger::FloorState::kOpen);
  EXPECT_EQ(StateOf(Verdicts(350, 4'600, 50), 0.95), ledger::FloorState::kBroken);
}

TEST(LossOf, FewVerdictsSayNothing) {
  const auto found = LossOf(Verdicts(20, 20, 0));
  EXPECT_EQ(found.low, -1);
  EXPECT_EQ(found.high, 1);
}

TEST(LossOf, ProbesLoseNothing) {
  ledger::LossSums sums = Verdicts(80, 920, 0);
  EXPECT_DOUBLE_EQ(LossOf(sums).loss, 0.1);
  sums.Add(false, 1, 3'000);
  EXPECT_DOUBLE_EQ(LossOf(sums).loss, 0.025);
  EXPECT_LT(LossOf(sums).high, 0.05);
}

TEST(LossOf, AJudgeThatContradictsItselfHidesMoreThanIsAssumed) {
  ledger::LossSums sums = Verdicts(80, 920, 0);
  sums.pairs = 1'000;
  sums.disagreements = 320;  // of one that is right with .8: 2 * .2 * .8
  EXPECT_NEAR(LossOf(sums).loss, 0.08 / 0.6, 1e-9);
  sums.disagreements = 0;
  EXPECT_NEAR(LossOf(sums).loss, 0.1, 1e-9) << "nobody knows the errors of both orders";
}

TEST(LossOf, WhatTheBaselineAnsweredLosesNothing) {
  ledger::LossSums sums;
  EXPECT_EQ(LossOf(sums).high, 1) << "nothing is known of nothing";
  for (int i = 0; i < 3; ++i) sums.Add(false, 1, 10);
  const ledger::ReportTerms::Loss found = LossOf(sums);
  EXPECT_EQ(found.loss, 0);
  EXPECT_EQ(found.low, 0);
  EXPECT_EQ(found.high, 0);
  EXPECT_EQ(found.error, 0);
}

TEST(LossOf, ItsErrorIsThatOfAsManyEqualVerdicts) {
  // .1 / .8^2 of squares, two of four beside, by 1,000.
  EXPECT_NEAR(LossOf(Verdicts(80, 900, 20)).error, 0.01247, 0.0002);
  ledger::LossSums sums = Verdicts(80, 900, 20);
  sums.Add(false, 0, 1'000);
  EXPECT_NEAR(LossOf(sums).error, 0.01247 / 2, 0.0002) << "half of the requests";
}

TEST(LossOf, OfABaselineOfWhichNothingIsKnown) {
  ledger::LossSums sums = Verdicts(1, 9, 0);
  sums.chance = sums.chance_traffic = 0;
  EXPECT_DOUBLE_EQ(LossOf(sums).chance, 0.75);
}

}  // namespace
}  // namespace weir::app
