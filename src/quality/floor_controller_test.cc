#include "quality/floor_controller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/split_mix.h"

namespace weir::quality {
namespace {

constexpr WallMicros kMinute = 60'000'000;
constexpr std::array<std::string_view, 3> kTasks = {"code", "maths", "open"};

// Requests of three task types whose scores are uniform; the cheap model loses `lose(score, task)`
// of them, the rest are ties but for the judge, who flips one in ten.
struct World {
  std::function<double(double, size_t)> lose = [](double score, size_t) {
    return 0.3 * score * score;
  };
  double flip = 0.1;
  double sampled = 0.2;
  SplitMix64 random{1};
  WallMicros time = 0;
  double lost = 0, cheap = 0, requests = 0;
  std::vector<Change> changes;

  double Uniform() { return static_cast<double>(random.Next() >> 11) * 0x1.0p-53; }

  Outcome Judge(bool loses) {
    if (Uniform() >= flip) return loses ? Outcome::kLoss : Outcome::kTie;
    if (loses) return Outcome::kWin;
    return Uniform() < 0.5 ? Outcome::kWin : Outcome::kLoss;
  }

  void Send(FloorController* controller, int count) {
    for (int i = 0; i < count; ++i) {
      const double score = Uniform();
      const size_t task = random.Next() % kTasks.size();
      const auto calibration = controller->calibration();
      const bool served = calibration->CheapMayAnswer(score, kTasks[task]);
      const bool loses = Uniform() < lose(score, task);
      requests += 1;
      cheap += served ? 1 : 0;
      lost += served && loses ? 1 : 0;
      time += kMinute;
      const double share = calibration->SampleShare(sampled, score, kTasks[task]);
      if (Uniform() >= share) continue;
      const std::string key = "key" + std::to_string(random.Next() % 20);
      const std::vector<Change> made = controller->Add({.time = time,
                                                        .route = "auto",
                                                        .tier = "simple",
                                                        .task = kTasks[task],
                                                        .key = key,
                                                        .outcome = Judge(loses),
                                                        .served = served,
                                                        .score = score,
                                                        .baseline_chance = 1,
                                                        .sampled = share});
      changes.insert(changes.end(), made.begin(), made.end());
    }
  }
  void Forget() { lost = cheap = requests = 0; }
};

bool Has(const std::vector<Change>& changes, Change::Kind kind, std::string_view task = {}) {
  return std::ranges::any_of(changes, [&](const Change& change) {
    return change.kind == kind && (task.empty() || change.task == task);
  });
}

const TaskTerms& TermsOf(const FloorController& controller, std::string_view task) {
  return *std::ranges::find(controller.calibration()->tasks, task, &TaskTerms::task);
}

// What the second half of some runs came to.
struct Played {
  int held = 0, runs = 20;
  double quality = 0, cheap = 0;  // means
};

Played Play(double caution) {
  Played played;
  for (int run = 1; run <= played.runs; ++run) {
    World world;
    world.random = SplitMix64(static_cast<uint64_t>(run));
    FloorController controller({.floor = 0.95, .caution = caution});
    world.Send(&controller, 10'000);
    world.Forget();
    world.Send(&controller, 10'000);
    const double quality = 1 - world.lost / world.requests;
    if (quality >= 0.945) ++played.held;
    played.quality += quality / played.runs;
    played.cheap += world.cheap / world.requests / played.runs;
  }
  return played;
}

TEST(FloorController, HoldsTheFloorInSpiteOfTheJudge) {
  // The best crest: 0.1 * crest^3 = 0.05 at 0.79.
  const Played played = Play(FloorOptions().caution);
  EXPECT_GE(played.quality, 0.949);
  EXPECT_GE(played.held, 14);
  EXPECT_GT(played.cheap, 0.65);
  const Played careful = Play(2);
  EXPECT_GE(careful.held, 19);
  EXPECT_GT(careful.quality, played.quality);
  EXPECT_LT(careful.cheap, played.cheap);
}

TEST(FloorController, NothingMovesBeforeThereIsEvidenceThenByStepsThatAreTold) {
  World world;
  FloorController controller({.floor = 0.9, .start = 0.3});
  while (controller.calibration()->verdicts < 75) world.Send(&controller, 1);
  EXPECT_TRUE(world.changes.empty());
  EXPECT_EQ(controller.calibration()->crest, 0.3);
  world.Send(&controller, 3000);
  ASSERT_FALSE(world.changes.empty());
  double crest = 0.3;
  uint64_t version = 0;
  for (const Change& change : world.changes) {
    EXPECT_GE(change.version, version);
    version = change.version;
    if (change.kind != Change::Kind::kCrest) continue;
    EXPECT_DOUBLE_EQ(change.before, crest);
    EXPECT_LE(change.after, crest + 0.02 + 1e-9);
    EXPECT_GE(change.after, crest - 0.04 - 1e-9);
    EXPECT_GE(change.verdicts, 100);
    EXPECT_NEAR(change.allowed, 0.1, 1e-9);
    crest = change.after;
  }
  EXPECT_DOUBLE_EQ(controller.calibration()->crest, crest);
  EXPECT_EQ(controller.calibration()->version, version);
}

TEST(FloorController, RisesSoMuchADay) {
  World world;
  world.lose = [](double, size_t) { return 0; };
  FloorController controller({.floor = 0.9, .rise_a_day = 0.1});
  world.Send(&controller, 1400);  // minutes: not a day
  EXPECT_NEAR(controller.calibration()->crest, 0.1, 1e-9);
  world.Send(&controller, 1400);
  EXPECT_NEAR(controller.calibration()->crest, 0.2, 1e-9);
}

TEST(FloorController, ATaskThatTurnsBadIsHeldAndFreedWhenItHasRecovered) {
  World world;
  FloorController controller({.floor = 0.95});
  world.Send(&controller, 20'000);
  EXPECT_FALSE(TermsOf(controller, "maths").held);
  world.lose = [](double score, size_t task) { return task == 1 ? 0.7 : 0.3 * score * score; };
  int until = 0;
  while (!TermsOf(controller, "maths").held && until < 20'000) {
    world.Send(&controller, 100);
    until += 100;
  }
  EXPECT_LT(until, 3000);
  EXPECT_TRUE(Has(world.changes, Change::Kind::kHeld, "maths"));
  EXPECT_FALSE(controller.calibration()->CheapMayAnswer(0, "maths"));
  EXPECT_FALSE(TermsOf(controller, "code").held);
  world.lose = [](double, size_t) { return 0; };
  world.Send(&controller, 10'000);
  EXPECT_TRUE(Has(world.changes, Change::Kind::kFreed, "maths")) << "its probes have shown it";
  EXPECT_TRUE(controller.calibration()->CheapMayAnswer(0, "maths"));
}

TEST(FloorController, AModelThatGetsWorseLosesItsTrafficAndQualityRecovers) {
  World world;
  FloorController controller({.floor = 0.95});
  world.Send(&controller, 20'000);
  EXPECT_GT(controller.calibration()->crest, 0.5);
  world.lose = [](double, size_t) { return 0.6; };
  world.Send(&controller, 6000);
  world.Forget();
  world.Send(&controller, 4000);
  EXPECT_GT(1 - world.lost / world.requests, 0.93);
  EXPECT_LT(world.cheap / world.requests, 0.15);
}

TEST(FloorController, ATaskThatIsHarderThanItLooksIsLifted) {
  World world;
  world.lose = [](double score, size_t task) { return task == 2 ? 0.35 : 0.1 * score; };
  FloorController controller({.floor = 0.95});
  world.Send(&controller, 20'000);
  const bool up = TermsOf(controller, "open").lift > 0 || TermsOf(controller, "open").held;
  EXPECT_TRUE(up);
  EXPECT_EQ(TermsOf(controller, "code").lift, 0);
  const auto calibration = controller.calibration();
  EXPECT_GT(calibration->NetLoss(0.5, "open"), calibration->NetLoss(0.5, "code") - 1e-9);
}

// Too little for the newest verdicts to show, and surely more than is allowed by and by.
TEST(FloorController, ATaskThatSurelyLosesMoreIsHeldHoweverLittleMoreItIs) {
  World world;
  FloorController controller({.floor = 0.95, .start = 1, .step_up = 0, .step_down = 0});
  world.lose = [](double, size_t task) { return task == 1 ? 0.13 : 0.0; };
  int until = 0;
  while (!Has(world.changes, Change::Kind::kHeld, "maths") && until < 60'000) {
    world.Send(&controller, 100);
    until += 100;
  }
  EXPECT_TRUE(Has(world.changes, Change::Kind::kHeld, "maths"));
  EXPECT_FALSE(Has(world.changes, Change::Kind::kHeld, "code"));
  int held = 0;
  for (int i = 0; i < 300; ++i) {
    world.Send(&controller, 100);
    held += TermsOf(controller, "maths").held ? 1 : 0;
  }
  EXPECT_GT(held, 200) << "and not freed by the next hundred that look well";
}

// A cheaper model takes the easy half of the requests.
TEST(FloorController, WhatACheaperModelAnswersIsNotLostHere) {
  const auto crest = [](bool taken) {
    FloorController controller({.floor = 0.95});
    SplitMix64 random(3);
    for (int i = 0; i < 6'000; ++i) {
      const double score = static_cast<double>(random.Next() % 1'000) / 1'000;
      const bool own = !taken || score >= 0.5;
      const bool loses = random.Next() % 1'000 < 150;
      const std::string key = std::to_string(random.Next() % 20);
      controller.Add({.time = i * kMinute,
                      .task = "code",
                      .key = key,
                      .outcome = loses ? Outcome::kLoss : Outcome::kTie,
                      .served = own && score < controller.calibration()->crest,
                      .score = score,
                      .baseline_chance = 1,
                      .own = own});
    }
    return controller.calibration()->crest;
  };
  // .15 / .8 of what it answers: .05 is lost with .27 of the traffic.
  EXPECT_NEAR(crest(false), 0.27, 0.06);
  EXPECT_NEAR(crest(true), 0.77, 0.06);
}

// At every score half of the requests are another's, and those are easy.
TEST(FloorController, OnlyItsOwnRequestsSayWhereItsCrestStands) {
  FloorController controller({.floor = 0.95});
  SplitMix64 random(3);
  for (int i = 0; i < 8'000; ++i) {
    const bool own = random.Next() % 2 == 0;
    const bool loses = own && random.Next() % 100 < 20;
    const std::string key = std::to_string(random.Next() % 20);
    controller.Add({.time = i * kMinute,
                    .task = "code",
                    .key = key,
                    .outcome = loses ? Outcome::kLoss : Outcome::kTie,
                    .score = static_cast<double>(random.Next() % 1'000) / 1'000,
                    .baseline_chance = 1,
                    .own = own});
  }
  // Half of the traffic, .2 / .8 of it lost.
  EXPECT_NEAR(controller.calibration()->crest, 0.4, 0.07);
  EXPECT_NEAR(controller.calibration()->NetLoss(0.5, "code"), 0.25, 0.04);
  EXPECT_NEAR(controller.AsSharer(1)->curve.At(0.5), 0.125, 0.03) << "the plan looks at all";
}

TEST(FloorController, AmongSeveralItMayLoseItsPartByLargerSteps) {
  FloorController controller({.floor = 0.9, .among = 2});
  EXPECT_DOUBLE_EQ(controller.Allowed(), 0.05 * kUnknownChance);
  EXPECT_FALSE(controller.AsSharer(1).has_value()) << "it knows nothing";
  World world;
  world.lose = [](double, size_t) { return 0; };
  world.Send(&controller, 5'000);
  const auto first = std::ranges::find(world.changes, Change::Kind::kCrest, &Change::kind);
  ASSERT_NE(first, world.changes.end());
  EXPECT_NEAR(first->after - first->before, 0.04, 1e-12);
  controller.SetPart(0.25, 2);
  EXPECT_DOUBLE_EQ(controller.Allowed(), 0.025);
  EXPECT_DOUBLE_EQ(controller.AsSharer(7)->allowed, 0.1) << "the whole of it";
  EXPECT_DOUBLE_EQ(controller.AsSharer(7)->saving, 7);
}

TEST(FloorController, SamplesAsManyAsAskedForAndMostWhereItDecides) {
  World world;
  FloorController controller({.floor = 0.97});
  world.Send(&controller, 15'000);
  const auto calibration = controller.calibration();
  double sum = 0;
  for (int i = 0; i < 1000; ++i) sum += calibration->SampleShare(0.05, i / 1000.0, "code") / 1000;
  EXPECT_NEAR(sum, 0.05, 0.005);
  EXPECT_GT(calibration->SampleShare(0.05, 0, "code"), 0.05);
  EXPECT_LT(calibration->SampleShare(0.05, 1, "code"), 0.02);
  EXPECT_GT(calibration->SampleShare(0.05, 1, "code"), 0) << "or it could never recover";
}

TEST(FloorController, GoesBackByACommandAndStaysThere) {
  World world;
  FloorController controller({.floor = 0.95});
  EXPECT_FALSE(controller.Revert().has_value()) << "there is nothing before the beginning";
  world.Send(&controller, 5000);
  const double crest = controller.calibration()->crest;
  const uint64_t version = controller.calibration()->version;
  const auto last = std::ranges::find_if(world.changes, [&](const Change& change) {
    return change.version == version && change.kind == Change::Kind::kCrest;
  });
  ASSERT_NE(last, world.changes.end());
  const std::optional<Change> undone = controller.Revert();
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->before, crest);
  EXPECT_EQ(undone->after, last->before);
  EXPECT_EQ(controller.calibration()->version, version + 1);
  world.changes.clear();
  world.Send(&controller, 3000);
  EXPECT_TRUE(world.changes.empty());
  EXPECT_EQ(controller.calibration()->crest, last->before);
  controller.Resume();
  world.lose = [](double, size_t) { return 0.5; };
  world.Send(&controller, 3000);
  EXPECT_FALSE(world.changes.empty());
}

TEST(FloorController, X11OneKeyCannotBuyEverybodyTheCheapModel) {
  // It sends nine of ten verdicts, all of them wins, in a world where the cheap model loses a half.
  const auto play = [](double cap) {
    FloorController controller({.floor = 0.95, .key_cap = cap});
    SplitMix64 random(7);
    for (int i = 0; i < 20'000; ++i) {
      const bool attacker = random.Next() % 10 != 0;
      const std::string key = attacker ? "attacker" : "key" + std::to_string(random.Next() % 20);
      const Outcome honest = random.Next() % 2 == 0 ? Outcome::kLoss : Outcome::kTie;
      controller.Add({.time = i * kMinute,
                      .task = "code",
                      .key = key,
                      .outcome = attacker ? Outcome::kWin : honest,
                      .served = true,
                      .score = static_cast<double>(random.Next() % 1000) / 1000,
                      .baseline_chance = 1,
                      .sampled = 0.1});
    }
    return controller.calibration()->crest;
  };
  EXPECT_GT(play(1), 0.9);
  EXPECT_LT(play(0.2), 0.4);
}

TEST(FloorController, ToldAgainItSaysTheSame) {
  World one, other;
  FloorController first({}), second({});
  one.Send(&first, 5000);
  other.Send(&second, 5000);
  EXPECT_EQ(first.calibration()->crest, second.calibration()->crest);
  EXPECT_EQ(first.calibration()->tasks, second.calibration()->tasks);
  ASSERT_FALSE(one.changes.empty());
  EXPECT_EQ(Describe(one.changes[0]), Describe(other.changes[0]));
  EXPECT_EQ(Describe(one.changes[0]).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace weir::quality
