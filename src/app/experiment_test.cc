#include "app/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/experiment_world_test.h"

namespace weir::app {
namespace {

using ledger::ExperimentFigures;
using testing::HasSubstr;
using testing::Not;

std::string Text(const ExperimentFigures& figures, std::string_view unit = "user",
                 bool chosen = false) {
  return ExperimentText(figures, {unit, chosen});
}

ExperimentFigures Cheaper(int users) {
  ExperimentFigures figures = TwoArms();
  AddUnits(users, {.answers = 10, .cost = 1e9}, &figures.arms[0]);
  AddUnits(users, {.answers = 10, .cost = 1e8}, &figures.arms[1]);
  return figures;
}

TEST(ExperimentText, FewUsersAreCounted) {
  const std::string text = Text(Cheaper(12));
  EXPECT_THAT(text, HasSubstr("too few users to be sure of anything (12 of 20 in small, 12 of 20 "
                              "in control)"));
  EXPECT_THAT(text, Not(HasSubstr("surely")));
  EXPECT_THAT(text, HasSubstr("for all of this traffic, which is not sure"));
  EXPECT_THAT(text, HasSubstr("Go on."));
  ExperimentFigures figures = Cheaper(12);
  AddUnits(20, {.answers = 10, .cost = 1e8}, &figures.arms[1]);
  EXPECT_THAT(Text(figures), HasSubstr("(12 of 20 in control)"));
}

TEST(ExperimentText, AnArmWithoutVerdictsIsToldWhatToConfigure) {
  const std::string text = Text(Cheaper(30), "session");
  EXPECT_THAT(text, HasSubstr("surely cheaper, by 90 % an answer [90, 90]"));
  EXPECT_THAT(text, HasSubstr("not measured in small and control: give the route"));
  EXPECT_THAT(text, HasSubstr("`quality: {sample: 5%, judge: MODEL}`"));
  EXPECT_THAT(text, HasSubstr("looking early and stopping then changes nothing"));
}

TEST(ExperimentText, WhatCheckingTakesOfTheSavingIsShown) {
  ExperimentFigures figures = Cheaper(30);
  figures.last = figures.first + 3'600'000'000;
  figures.arms[1].checking = NanoUsd{15'000'000'000};  // half of what is saved
  EXPECT_THAT(Text(figures), HasSubstr("saving   $39450.24 a month for all of this traffic"));
  EXPECT_THAT(Text(figures), HasSubstr("$17533.44 with $21916.80 of checking at this rate"));
}

TEST(ExperimentText, AControlOfTheBaselineNeedsNoVerdicts) {
  ExperimentFigures figures = Cheaper(400);
  for (auto& unit : figures.arms[0].units) unit.by_baseline = unit.answers;
  for (auto& unit : figures.arms[1].units) {
    unit.verdicts = 1;
    unit.judged = 10;
  }
  const std::string text = Text(figures);
  EXPECT_THAT(text, HasSubstr("100 (the baseline)"));
  EXPECT_THAT(text, HasSubstr("surely no worse by more than 2 points"));
  EXPECT_THAT(text, HasSubstr("This is sure enough to stop."));
  figures.arms[1].units.resize(19);
  figures.arms[1].units.resize(40, {.answers = 10, .cost = 1e8});
  EXPECT_THAT(Text(figures),
              HasSubstr("too few users with verdicts to be sure (19 of 20 in small)"));
}

TEST(ExperimentText, AWindowChosenAfterwardsPromisesNothing) {
  const std::string text = Text(Cheaper(30), "user", true);
  EXPECT_THAT(text, Not(HasSubstr("changes nothing")));
  EXPECT_THAT(text, HasSubstr("The beginning was chosen with --since"));
}

TEST(ExperimentText, OneUserForAllIsNamed) {
  ExperimentFigures figures = TwoArms();
  figures.arms.pop_back();
  AddUnits(1, {.answers = 500, .cost = 1e9}, &figures.arms[0]);
  EXPECT_THAT(Text(figures), HasSubstr("All requests came from one user"));
  EXPECT_THAT(Text(figures), HasSubstr("`by: session`"));
  AddUnits(1, {.answers = 500, .cost = 1e9}, &figures.arms[0]);
  EXPECT_THAT(Text(figures), Not(HasSubstr("All requests came from one user")));
}

TEST(ExperimentText, BaselinesThatDifferAreNamed) {
  ExperimentFigures figures = Cheaper(30);
  figures.baselines = {"a/x", "b/y"};
  EXPECT_THAT(Text(figures), HasSubstr("different baselines (a/x, b/y)"));
}

TEST(ExperimentText, OfNothingItSaysSo) {
  ExperimentFigures nothing;
  nothing.name = "x";
  EXPECT_THAT(Text(nothing), HasSubstr("no request of an experiment `x`"));
  EXPECT_EQ(ExperimentJson(nothing, {}),
            R"({"experiment":"x","unit":"unit","window_was_chosen":false,"arms":[]})");
}

TEST(ExperimentJson, WhatIsNotKnownIsNull) {
  const std::string json = ExperimentJson(Cheaper(12), {"user", false});
  EXPECT_THAT(json, HasSubstr(R"("too_few_units":true,"quality":0)"));
  EXPECT_THAT(json, HasSubstr(R"("cost_ratio_high":null)"));
  EXPECT_THAT(json, HasSubstr(R"("as_good":null)"));
  EXPECT_THAT(json, HasSubstr(R"("rating":null)"));
}

}  // namespace
}  // namespace weir::app
