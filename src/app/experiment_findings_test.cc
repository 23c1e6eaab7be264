#include "app/experiment_findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "app/experiment_world_test.h"

namespace weir::app {
namespace {

using ledger::ExperimentFigures;
using ledger::UnitFigures;

// Users of a split, who ask one after another: some a hundred times as often as others, each with
// prompts of a length of their own.
struct Crowd {
  int users = 0, requests = 0;
  double volume = 1, length = 1;   // spread of the logarithms
  double cheaper = 0;              // the arm's share of the control's price that it saves
  double sampled = 0;              // share of answers with a verdict
  double loss = 0, more_loss = 0;  // share of losses, by a user's Beta(1, …); more in the arm
};

class CrowdOf {
 public:
  CrowdOf(const Crowd& crowd, uint64_t seed)
      : crowd_(crowd), random_(seed), figures_(TwoArms()), users_(Count(crowd.users)) {
    double sum = 0;
    for (User& user : users_) {
      sum += std::exp(crowd.volume * Normal());
      user.until = sum;
      user.prompt = std::exp(crowd.length * Normal()) * 1e6;
      user.arm = random_() % 2;
      user.place = figures_.arms[user.arm].units.size();
      figures_.arms[user.arm].units.emplace_back();
      user.loss = crowd.loss > 0 ? 1 - std::pow(Share(), crowd.loss / (1 - crowd.loss)) : 0;
    }
  }

  // Whether that is seen at one of the looks: each time there is a tenth more.
  bool Ever(bool (*seen)(const Comparison&)) {
    int next = 50;
    bool ever = false;
    for (int i = 1; i <= crowd_.requests; ++i) {
      Ask();
      if (i != next && i != crowd_.requests) continue;
      next += next / 10;
      ever = ever || seen(FindingsOf(figures_).comparisons[1]);
    }
    return ever;
  }

 private:
  struct User {
    double until = 0, prompt = 0, loss = 0;
    size_t arm = 0, place = 0;
  };
  static size_t Count(int users) { return static_cast<size_t>(users); }
  double Share() { return std::uniform_real_distribution<double>()(random_); }
  double Normal() { return normal_(random_); }

  void Ask() {
    const User& user =
        *std::ranges::lower_bound(users_, Share() * users_.back().until, {}, &User::until);
    ledger::ArmFigures& arm = figures_.arms[user.arm];
    UnitFigures& unit = arm.units[user.place];
    ++arm.requests;
    ++unit.answers;
    figures_.last += 1'000'000;
    unit.cost += user.prompt * std::exp(Normal()) * (user.arm == 0 ? 1 : 1 - crowd_.cheaper);
    if (Share() >= crowd_.sampled) return;
    ++unit.verdicts;
    unit.judged += 1 / crowd_.sampled;
    const double loss = user.loss + (user.arm == 0 ? 0 : crowd_.more_loss);
    if (Share() < loss) unit.lost += 1 / crowd_.sampled;
  }

  Crowd crowd_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  ExperimentFigures figures_;
  std::vector<User> users_;
};

int RunsThatSee(const Crowd& crowd, int runs, bool (*seen)(const Comparison&)) {
  int count = 0;
  for (int run = 1; run <= runs; ++run) {
    count += CrowdOf(crowd, static_cast<uint64_t>(run)).Ever(seen) ? 1 : 0;
  }
  return count;
}

bool Sure(const Comparison& held) {
  return held.cost != 0 || held.quality != 0;
}

TEST(ExperimentSimulation, TwoEqualArmsAreHardlyEverToldApart) {
  EXPECT_EQ(RunsThatSee({.users = 12, .requests = 1500, .sampled = 0.1, .loss = 0.05}, 200, Sure),
            0)
      << "six users an arm tell nothing";
  for (const Crowd& crowd :
       {Crowd{.users = 40, .requests = 3000}, Crowd{.users = 60, .requests = 3000, .volume = 1.5},
        Crowd{.users = 200, .requests = 6000},
        Crowd{.users = 200, .requests = 6000, .volume = 1.5, .length = 1.5},
        Crowd{.users = 3000, .requests = 6000, .volume = 0.5}}) {
    Crowd judged = crowd;
    judged.sampled = 0.1;
    judged.loss = 0.05;
    const int sure = RunsThatSee(judged, 200, Sure);
    EXPECT_LE(sure, 10) << "5 % of 200 runs, each looked at some dozens of times; users "
                        << crowd.users;
  }
}

TEST(ExperimentSimulation, AThirdOfTheCostIsFound) {
  const Crowd crowd{.users = 200, .requests = 10'000, .volume = 0.5, .length = 0.5, .cheaper = 0.3};
  const int found = RunsThatSee(crowd, 50, [](const Comparison& held) { return held.cost == 1; });
  EXPECT_GE(found, 30) << "most of 50 runs";
}

TEST(ExperimentSimulation, WorseAnswersAreFoundAndNeverCalledAsGood) {
  const Crowd crowd{.users = 600,
                    .requests = 12'000,
                    .volume = 0.3,
                    .sampled = 0.5,
                    .loss = 0.02,
                    .more_loss = 0.15};
  EXPECT_GE(RunsThatSee(crowd, 10, [](const Comparison& held) { return held.quality == -1; }), 9);
  EXPECT_EQ(RunsThatSee(crowd, 10, [](const Comparison& held) { return held.as_good; }), 0);
}

TEST(ExperimentFindings, FewUnitsAreNeverSure) {
  ExperimentFigures figures = TwoArms();
  AddUnits(19, {.answers = 1000, .cost = 1e9}, &figures.arms[0]);
  AddUnits(40, {.answers = 1000, .cost = 1e8}, &figures.arms[1]);
  EXPECT_TRUE(FindingsOf(figures).comparisons[1].too_few);
  EXPECT_EQ(FindingsOf(figures).comparisons[1].cost, 0) << "a tenth of the price";
  AddUnits(1, {.answers = 1000, .cost = 1e9}, &figures.arms[0]);
  EXPECT_FALSE(FindingsOf(figures).comparisons[1].too_few);
  EXPECT_EQ(FindingsOf(figures).comparisons[1].cost, 1);
}

TEST(ExperimentFindings, OneUserWithMostOfTheTrafficWeighsLikeOne) {
  ExperimentFigures figures = TwoArms();
  AddUnits(30, {.answers = 10, .cost = 1e7}, &figures.arms[0]);
  AddUnits(30, {.answers = 10, .cost = 0.9e7}, &figures.arms[1]);
  AddUnits(1, {.answers = 100'000, .cost = 0.5e11}, &figures.arms[1]);
  EXPECT_EQ(FindingsOf(figures).comparisons[1].cost, 0);
}

TEST(ExperimentFindings, AControlOfTheBaselineAloneIsAsGoodAsIt) {
  ExperimentFigures figures = TwoArms();
  AddUnits(50, {.answers = 100, .by_baseline = 100, .cost = 1e9}, &figures.arms[0]);
  AddUnits(400, {.answers = 100, .by_baseline = 50, .cost = 1e8, .verdicts = 5, .judged = 50},
           &figures.arms[1]);
  const ExperimentFindings findings = FindingsOf(figures);
  ASSERT_TRUE(findings.arms[0].good);
  EXPECT_EQ(findings.arms[0].good->bounds.low, 1);
  EXPECT_TRUE(findings.comparisons[1].as_good);
  EXPECT_TRUE(findings.comparisons[1].stop()) << "surely cheaper, surely no worse";
  figures.baselines.push_back("another");
  EXPECT_FALSE(FindingsOf(figures).arms[0].good) << "two measures";
}

TEST(ExperimentFindings, OneLossBesideTheBaselineIsNotSurelyWorse) {
  ExperimentFigures figures = TwoArms();
  AddUnits(50, {.answers = 100, .by_baseline = 100, .cost = 1e9}, &figures.arms[0]);
  AddUnits(50, {.answers = 100, .cost = 1e8, .verdicts = 5, .judged = 100}, &figures.arms[1]);
  figures.arms[1].units[0].lost = 20;
  EXPECT_EQ(FindingsOf(figures).comparisons[1].quality, 0);
}

TEST(ExperimentFindings, QualityIsOfAllAnswersAndEachVerdictStandsForSome) {
  Units units(2);
  units[0] = {.answers = 100, .by_baseline = 80, .verdicts = 2, .judged = 4, .lost = 2};
  units[1] = {.answers = 100, .verdicts = 1, .judged = 12};
  const auto good = GoodShareOf(units, 0.05);
  ASSERT_TRUE(good);
  EXPECT_DOUBLE_EQ(good->share, 1 - 120.0 / 200 * 2 / 16);
  EXPECT_LT(good->bounds.low, 0.7);
  units[0].verdicts = units[1].verdicts = 0;
  units[0].judged = units[1].judged = units[0].lost = 0;
  EXPECT_FALSE(GoodShareOf(units, 0.05)) << "nothing says how good the others are";
}

TEST(ExperimentFindings, WhereNobodyLostEachUserIsOneVerdict) {
  Units units(50, {.answers = 100, .verdicts = 100, .judged = 100});
  const double low = GoodShareOf(units, 0.05)->bounds.low;
  quality::ShareInterval fifty;
  for (int i = 0; i < 51; ++i) fifty.Add(true);
  EXPECT_NEAR(low, fifty.Bounds(0.05).low, 0.001) << "5000 verdicts of 50 users";
}

TEST(ExperimentFindings, WhatIsSavedIsNetOfChecking) {
  ExperimentFigures figures = TwoArms();
  figures.last = figures.first + 86'400'000'000;
  AddUnits(50, {.answers = 100, .cost = 1e11}, &figures.arms[0]);  // $1 an answer
  AddUnits(50, {.answers = 100, .cost = 5e10}, &figures.arms[1]);
  figures.arms[1].checking = NanoUsd{500'000'000'000};  // $0.1 an answer
  const Comparison held = FindingsOf(figures).comparisons[1];
  EXPECT_NEAR(held.saves, 10'000 * 30.44 * (0.5 - 0.1), 1);
  EXPECT_NEAR(held.checking, 10'000 * 30.44 * 0.1, 1);
  EXPECT_NEAR(held.saves_low, held.saves, 1) << "all users are alike";
}

TEST(ExperimentFindings, ARatingHasAnInterval) {
  Units units(20, {.ratings = 2, .rating_sum = 1});
  const RatingMean rating = RatingOf(units, 0.05);
  EXPECT_EQ(rating.ratings, 40);
  EXPECT_DOUBLE_EQ(rating.mean, 0.5);
  EXPECT_LT(rating.bounds.low, 0.1) << "twenty users, not forty";
  EXPECT_GT(rating.bounds.low, -0.5);
  EXPECT_GT(rating.bounds.high, 0.7);
  EXPECT_LE(rating.bounds.high, 1);
}

}  // namespace
}  // namespace weir::app
