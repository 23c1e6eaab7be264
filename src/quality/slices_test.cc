#include "quality/slices.h"

#include <gtest/gtest.h>

#include <array>

#include "base/split_mix.h"
#include "quality/floor_controller.h"

namespace weir::quality {
namespace {

constexpr double kJudgeError = 0.1;

Judged Of(std::string_view key, Outcome outcome) {
  return {.route = "auto",
          .tier = "simple",
          .task = "code",
          .language = "en",
          .key = key,
          .outcome = outcome};
}

const SliceName kRoute{"auto", "", "", ""};

double WeightOf(const Slices& slices) {
  return slices.Find({"auto", "", "", ""}).weight;
}

TEST(Slices, CountsEachVerdictInItsMargins) {
  Slices slices({});
  slices.Add(Of("k", Outcome::kWin), kJudgeError);
  slices.Add(Of("k", Outcome::kLoss), kJudgeError);
  Judged other = Of("k", Outcome::kTie);
  other.tier = "medium";
  other.task = "";
  slices.Add(other, kJudgeError);
  EXPECT_EQ(slices.All().size(), 6U);
  const SliceFigures route = slices.Find({"auto", "", "", ""});
  EXPECT_EQ(route.counts, (std::array<int64_t, 3>{1, 1, 1}));
  EXPECT_NEAR(route.as_good, 2.0 / 3, 1e-9);
  EXPECT_EQ(slices.Find({"auto", "simple", "code", ""}).counts[2], 1);
  EXPECT_EQ(slices.Find({"auto", "medium", "", ""}).weight, 1);
  EXPECT_EQ(slices.Find({"auto", "", "", "en"}).weight, 3);
  EXPECT_EQ(slices.Find({"nobody", "", "", ""}).weight, 0);
}

TEST(Slices, ProbesAreNotWhatClientsGot) {
  Slices slices({});
  Judged probe = Of("k", Outcome::kLoss);
  probe.served = false;
  slices.Add(probe, kJudgeError);
  EXPECT_TRUE(slices.All().empty());
}

TEST(Slices, AreBoundedInNumber) {
  Slices slices({});
  for (int i = 0; i < 3000; ++i) {
    const std::string task = "task" + std::to_string(i);
    Judged judged = Of("k", Outcome::kTie);
    judged.task = task;
    slices.Add(judged, kJudgeError);
  }
  EXPECT_EQ(slices.All().size(), Slices::kMaxSlices);
  EXPECT_GT(slices.left_out(), 0);
  EXPECT_EQ(WeightOf(slices) > 0, true);
}

TEST(Slices, X11OneKeyDoesNotOutweighTheOthers) {
  Slices slices({.key_cap = 0.2});
  constexpr std::array<std::string_view, 10> kOthers = {"a", "b", "c", "d", "e",
                                                        "f", "g", "h", "i", "j"};
  int attacks = 0;
  for (int i = 0; i < 6000; ++i) {
    const bool attacker = i >= 200 && i % 20 != 0;
    attacks += attacker ? 1 : 0;
    slices.Add(attacker ? Of("attacker", Outcome::kLoss)
                        : Of(kOthers[i / 20 % kOthers.size()], Outcome::kTie),
               kJudgeError);
  }
  const SliceFigures figures = slices.Find({"auto", "", "", ""});
  EXPECT_GE(figures.as_good, 0.77) << "about a fifth, of nineteen in twenty";
  EXPECT_EQ(figures.counts[2], attacks) << "what was counted is told as it was";
}

TEST(Slices, FewKeysWeighWhatTheySend) {
  Slices slices({.key_cap = 0.2});
  for (int i = 0; i < 100; ++i)
    slices.Add(Of(i % 10 == 0 ? "small" : "large", Outcome::kTie), kJudgeError);
  EXPECT_EQ(WeightOf(slices), 100);
}

TEST(Slices, AModelThatGetsWorseShowsHoweverLongItWasGood) {
  Slices slices({});
  for (int i = 0; i < 20'000; ++i) slices.Add(Of("k", Outcome::kTie), kJudgeError);
  EXPECT_EQ(StandingOf(slices.Find(kRoute), 0.05), Standing::kKept);
  int until = 0;
  while (StandingOf(slices.Find(kRoute), 0.05) != Standing::kAlarm && until < 5000) {
    slices.Add(Of("k", ++until % 2 == 0 ? Outcome::kTie : Outcome::kLoss), kJudgeError);
  }
  EXPECT_LT(until, 100);
}

// Verdicts of a model that loses a share of them and wins one, as a judge tells them who flips one
// in ten: a loss to a win and the other way round, a tie to either.
class Verdicts {
 public:
  explicit Verdicts(uint64_t seed) : random_(seed) {}
  Outcome Draw(double losses, double wins) {
    const double at = Uniform();
    Outcome outcome = Outcome::kTie;
    if (at < losses) outcome = Outcome::kLoss;
    if (at >= 1 - wins) outcome = Outcome::kWin;
    if (Uniform() >= kJudgeError) return outcome;
    if (outcome != Outcome::kTie) {
      return outcome == Outcome::kWin ? Outcome::kLoss : Outcome::kWin;
    }
    return Uniform() < 0.5 ? Outcome::kWin : Outcome::kLoss;
  }
  double Uniform() { return static_cast<double>(random_.Next() >> 11) * 0x1.0p-53; }

 private:
  SplitMix64 random_;
};

// Of 100 runs of 5,000 verdicts, looked at now and again, those with an alarm at any time.
int RunsWithAnAlarm(double losses, double wins, double allowed) {
  int runs = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Verdicts verdicts(seed);
    Slices slices({});
    bool alarm = false;
    for (int i = 0; i < 5000 && !alarm; ++i) {
      Judged judged = {.route = "auto", .outcome = verdicts.Draw(losses, wins)};
      judged.baseline_chance = 0.9;
      slices.Add(judged, kJudgeError);
      if (i % 50 == 0) alarm = StandingOf(slices.Find(kRoute), allowed) == Standing::kAlarm;
    }
    runs += alarm ? 1 : 0;
  }
  return runs;
}

TEST(Slices, TheJudgesSlipsAreNoLossAndWinsMakeUpForLosses) {
  EXPECT_LE(RunsWithAnAlarm(0, 0, 0.03 * 0.9), 5) << "the same model on both sides";
  EXPECT_LE(RunsWithAnAlarm(0.15, 0.15, 0.05 * 0.9), 5);
  EXPECT_LE(RunsWithAnAlarm(0.045, 0, 0.05 * 0.9), 15) << "on the floor";
  EXPECT_EQ(RunsWithAnAlarm(0.2, 0, 0.05 * 0.9), 100);
  EXPECT_EQ(RunsWithAnAlarm(0.25, 0.1, 0.05 * 0.9), 100);
}

// When the alarm came, and the brake of a controller whose crest nothing else moves.
struct Noticed {
  int alarm = 0, brake = 0;
};
Noticed After(double losses, uint64_t seed) {
  Verdicts verdicts(seed);
  Slices slices({});
  FloorController controller({.floor = 0.95, .start = 1, .step_up = 0, .step_down = 0});
  Noticed noticed;
  constexpr int kGood = 2000;
  for (int i = 1; i <= 3 * kGood && noticed.brake == 0; ++i) {
    Judged judged = Of("k", verdicts.Draw(i < kGood ? 0.01 : losses, 0));
    judged.baseline_chance = 0.9;
    slices.Add(judged, kJudgeError);
    const bool look = noticed.alarm == 0 && i >= kGood;
    if (look && StandingOf(slices.Find(kRoute), 0.045) == Standing::kAlarm) noticed.alarm = i;
    for (const Change& change : controller.Add(judged)) {
      const bool braked = change.kind == Change::Kind::kHeld || change.kind == Change::Kind::kFell;
      if (braked) noticed.brake = i;
    }
  }
  return noticed;
}

TEST(Slices, AnAlarmComesNoLaterThanTheControllersBrake) {
  for (const double losses : {0.12, 0.2, 0.4}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      const Noticed noticed = After(losses, seed);
      ASSERT_GT(noticed.brake, 2000) << losses << " " << seed;
      EXPECT_GT(noticed.alarm, 0) << losses << " " << seed;
      EXPECT_LE(noticed.alarm, noticed.brake) << losses << " " << seed;
    }
  }
}

TEST(Slices, WhatIsHandedUpLosesNothing) {
  Slices slices({});
  for (int i = 0; i < 300; ++i) {
    Judged judged = Of("k", Outcome::kLoss);
    judged.served = i % 4 == 0;
    judged.clients = judged.served ? 1 : 2;
    slices.Add(judged, kJudgeError);
  }
  const SliceFigures figures = slices.Find(kRoute);
  EXPECT_NEAR(figures.loss, 1.25 * 1 / 7, 0.01);
  EXPECT_NEAR(figures.recent.loss(), 1.25 * 1 / 7, 0.01);
  EXPECT_LE(figures.loss_interval.low, figures.loss);
  EXPECT_EQ(figures.counts[2], 75) << "probes are not what clients got";
  EXPECT_EQ(figures.as_good, 0);
}

// What clients got counts each request once; what the tier could have had counts them all.
TEST(Slices, ATiersTrafficIsItsOwn) {
  Slices slices({});
  for (int i = 0; i < 300; ++i) {
    Judged judged = Of("k", Outcome::kLoss);
    judged.served = i % 3 == 0;
    judged.sampled = 0.1;
    judged.clients = judged.served ? 10 : i % 3 == 1 ? 5 : 0;
    slices.Add(judged, kJudgeError);
  }
  EXPECT_NEAR(slices.Find(kRoute).loss, 1.25 * 2 / 3, 0.02);
  EXPECT_NEAR(slices.Find({"auto", "simple", "", ""}).loss, 1.25 / 3, 0.02);
}

TEST(Slices, StandingNeedsEvidence) {
  SliceFigures figures;
  figures.weight = 10;
  figures.loss_interval = {0.1, 0.3};
  EXPECT_EQ(StandingOf(figures, 0.05), Standing::kUnknown);
  figures.weight = 100;
  EXPECT_EQ(StandingOf(figures, 0.05), Standing::kAlarm);
  EXPECT_EQ(StandingOf(figures, 0.2), Standing::kUnsure);
  EXPECT_EQ(StandingOf(figures, 0.3), Standing::kKept);
  EXPECT_EQ(StandingName(Standing::kAlarm), "alarm");
}

TEST(Slices, ATierThatIsDroppedTakesWhatIsMixedWithIt) {
  Slices slices({});
  slices.Add(Of("k", Outcome::kTie), kJudgeError);
  Judged other = Of("k", Outcome::kTie);
  other.tier = "medium";
  slices.Add(other, kJudgeError);
  other.route = "else";
  slices.Add(other, kJudgeError);
  slices.Drop("auto", "simple");
  for (const SliceFigures& figures : slices.All()) {
    const bool kept = figures.name.route == "else" || figures.name.tier == "medium";
    EXPECT_TRUE(kept) << Describe(figures.name);
  }
  EXPECT_EQ(slices.Find({"auto", "medium", "code", ""}).weight, 1);
}

}  // namespace
}  // namespace weir::quality
