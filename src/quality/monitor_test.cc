#include "quality/monitor.h"

#include <gtest/gtest.h>

#include <random>

#include "quality/answer_text.h"

namespace weir::quality {
namespace {

Evidence Of(int i, Outcome outcome, std::string task = "code") {
  Evidence evidence;
  evidence.time = 1'760'000'000'000'000 + i * int64_t{60'000'000};
  evidence.route = "auto";
  evidence.tier = "simple";
  evidence.task = std::move(task);
  evidence.outcome = outcome;
  evidence.score = 0.3;
  evidence.baseline_chance = 0.9;
  evidence.sampled = 0.1;
  return evidence;
}

bool MayAnswer(const Monitor& monitor) {
  const auto known = monitor.CalibrationOf("auto", "simple");
  return known == nullptr || known->CheapMayAnswer(0.3, "code");
}

// A cheap model silently gets worse: alarm and hand-over; then it is good again.
TEST(Monitor, RaisesAnAlarmMovesUpAndRecovers) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  std::mt19937_64 random(7);
  int at = 0;
  const auto feed = [&](int count, double losses, bool served) {
    for (int i = 0; i < count; ++i) {
      const bool loses = static_cast<double>(random() % 1'000) < losses * 1'000;
      Evidence evidence = Of(at++, loses ? Outcome::kLoss : Outcome::kTie);
      evidence.served = served;
      monitor.Add(std::move(evidence));
    }
    monitor.Wait();
  };
  feed(400, 0.01, true);
  EXPECT_TRUE(MayAnswer(monitor));
  EXPECT_TRUE(monitor.figures().alarms.empty());
  feed(600, 0.5, true);
  EXPECT_FALSE(MayAnswer(monitor));
  EXPECT_FALSE(monitor.figures().alarms.empty());
  feed(4'000, 0.0, false);  // probes of the cheap model, which is good again
  EXPECT_TRUE(MayAnswer(monitor));
}

TEST(Monitor, OnlyMeasuresWhereItIsNotToAct) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, false, {{"simple"}}}});
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_TRUE(MayAnswer(monitor));
  EXPECT_FALSE(monitor.figures().alarms.empty());
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  EXPECT_FALSE(MayAnswer(monitor)) << "what it has learned holds";
}

TEST(Monitor, AChangeIsUndoneWithOneCall) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  EXPECT_FALSE(monitor.Undo("auto", "simple"));
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  ASSERT_FALSE(MayAnswer(monitor));
  for (int i = 0; i < 1'000 && !MayAnswer(monitor); ++i) {
    ASSERT_TRUE(monitor.Undo("auto", "simple"));
  }
  EXPECT_TRUE(MayAnswer(monitor));
  for (int i = 800; i < 1'000; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_TRUE(MayAnswer(monitor)) << "pinned";
  EXPECT_TRUE(monitor.Resume("auto", "simple"));
}

TEST(Monitor, EvidenceOnAnotherScaleMovesNoCrest) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple", 0.5, "", 7}}}});
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_EQ(monitor.CalibrationOf("auto", "simple")->crest, 0.5);
  EXPECT_FALSE(monitor.figures().alarms.empty()) << "but it counts";
  for (int i = 0; i < 800; ++i) {
    Evidence evidence = Of(i, Outcome::kLoss);
    evidence.scale = 7;
    monitor.Add(std::move(evidence));
  }
  monitor.Wait();
  EXPECT_FALSE(MayAnswer(monitor));
  EXPECT_LE(monitor.CalibrationOf("auto", "simple")->crest, 0.5) << "nothing else was seen";
  monitor.Watch({{"auto", 0.95, true, {{"simple", 0.6, "", 0}}}});
  EXPECT_EQ(monitor.CalibrationOf("auto", "simple"), nullptr) << "begins anew";
}

TEST(Monitor, AnotherModelInTheTierBeginsAnew) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple", 1, "first"}}}});
  const auto lose = [&] {
    for (int i = 0; i < 800; ++i) {
      Evidence evidence = Of(i, Outcome::kLoss);
      evidence.model = "first";
      monitor.Add(std::move(evidence));
    }
    monitor.Wait();
  };
  lose();
  EXPECT_FALSE(MayAnswer(monitor));
  monitor.Watch({{"auto", 0.95, true, {{"simple", 1, "second"}}}});
  EXPECT_TRUE(MayAnswer(monitor));
  lose();
  EXPECT_TRUE(MayAnswer(monitor)) << "what was told of the first says nothing of the second";
}

TEST(Monitor, APinnedReachIsKeptWhateverComes) {
  Monitor monitor;
  Calibration reach;
  reach.crest = 0.6;
  reach.tasks = {{"maths", 0.1, false}, {"law", 0, true}};
  monitor.Pin("auto", "simple", reach);
  EXPECT_EQ(monitor.Learned("auto", "simple"), nullptr) << "nobody measures it";
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  monitor.Pin("auto", "simple", reach);
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  const auto known = monitor.CalibrationOf("auto", "simple");
  EXPECT_TRUE(known->CheapMayAnswer(0.59, "code"));
  EXPECT_FALSE(known->CheapMayAnswer(0.61, "code"));
  EXPECT_FALSE(known->CheapMayAnswer(0.51, "maths"));
  EXPECT_FALSE(known->CheapMayAnswer(0, "law"));
  ASSERT_TRUE(monitor.Resume("auto", "simple"));
  for (int i = 800; i < 1'000; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_FALSE(MayAnswer(monitor));
}

void LoseAll(Monitor* monitor, int count, const std::string& model = {}, bool served = true) {
  for (int i = 0; i < count; ++i) {
    Evidence evidence = Of(i, Outcome::kLoss);
    evidence.model = model;
    evidence.language = "de";
    evidence.served = served;
    monitor->Add(std::move(evidence));
  }
  monitor->Wait();
}

TEST(Monitor, EachKindOfSliceHasAlarms) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  LoseAll(&monitor, 100);
  std::vector<std::string> names;
  for (const std::string& line : monitor.figures().alarms) {
    names.push_back(line.substr(0, line.find(':')));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"auto", "auto, language de", "auto, task code",
                                             "auto, tier simple"}));
}

TEST(Monitor, AlarmsAndSlicesGoWithWhatTheyWereRaisedFor) {
  const Watched first{"auto", 0.95, true, {{"simple", 1, "first"}}};
  Watched other = first, model = first, scale = first, floor = first, baseline = first;
  other.route = "else";
  model.tiers[0].model = "second";
  scale.tiers[0].scale = 7;
  floor.floor = 0.9;
  baseline.baseline = "another";
  for (const Watched& next : {other, model, scale, floor, baseline}) {
    Monitor monitor;
    monitor.Watch({first});
    LoseAll(&monitor, 300, "first");
    ASSERT_FALSE(monitor.figures().alarms.empty());
    monitor.Watch({first});
    EXPECT_FALSE(monitor.figures().alarms.empty()) << "nothing has changed";
    monitor.Watch({next});
    EXPECT_TRUE(monitor.figures().alarms.empty());
    EXPECT_TRUE(monitor.figures().slices.empty());
  }
}

TEST(Monitor, WhatIsToldOfAFormerModelOrAgainstAnotherBaselineIsNoEvidence) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple", 1, "second"}}}});
  LoseAll(&monitor, 300, "first");
  EXPECT_TRUE(monitor.figures().alarms.empty());
  EXPECT_TRUE(monitor.figures().slices.empty());
  Watched watched{"auto", 0.95, true, {{"simple", 1, "first"}}};
  watched.baseline = "new";
  monitor.Watch({watched});
  LoseAll(&monitor, 300, "first");
  EXPECT_TRUE(monitor.figures().slices.empty());
}

TEST(Monitor, AnAlarmIsOverWhenClientsGetTheBaselinesAnswersOrTheModelIsGoodAgain) {
  for (const bool handed_up : {true, false}) {
    Monitor monitor;
    monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
    LoseAll(&monitor, 200);
    ASSERT_FALSE(monitor.figures().alarms.empty());
    int until = 0;
    while (!monitor.figures().alarms.empty() && until < 2000) {
      Evidence evidence = Of(200 + until++, handed_up ? Outcome::kLoss : Outcome::kTie);
      evidence.language = "de";
      evidence.served = !handed_up;
      monitor.Add(std::move(evidence));
      monitor.Wait();
    }
    EXPECT_LE(until, 400);
  }
}

TEST(Monitor, AnAlarmComesWithTheBrakeAtTheLatest) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {{"simple"}}}});
  for (int i = 0; i < 1'000; ++i) monitor.Add(Of(i, Outcome::kTie));
  monitor.Wait();
  int until = 0;
  while (MayAnswer(monitor) && until < 500) {
    ++until;
    monitor.Add(Of(1'000 + until, until % 3 == 0 ? Outcome::kLoss : Outcome::kTie));
    monitor.Wait();
  }
  EXPECT_LT(until, 200);
  EXPECT_FALSE(monitor.figures().alarms.empty());
}

// By what a loss counts for.
double LossOf(const Monitor& monitor, std::string_view task) {
  for (const SliceFigures& slice : monitor.figures().slices) {
    if (slice.name.task == task && slice.name.tier.empty()) return slice.loss;
  }
  return 0;
}

TEST(Monitor, AJudgesNoiseGoesWithTheJudge) {
  Monitor monitor;
  Watched watched{"auto", 0.95, false, {{"simple"}}};
  watched.judge = "noisy";
  monitor.Watch({watched});
  const auto disagree = [&](const std::string& judge) {
    for (int i = 0; i < 100; ++i) {
      Evidence evidence = Of(i, Outcome::kTie);
      evidence.judge = judge;
      evidence.both = {{Better::kA, ""}, {Better::kA, ""}};
      monitor.Add(std::move(evidence));
    }
    monitor.Wait();
  };
  const auto lose = [&](const std::string& task) {
    for (int i = 0; i < 10; ++i) monitor.Add(Of(i, Outcome::kLoss, task));
    monitor.Wait();
    return LossOf(monitor, task);
  };
  EXPECT_NEAR(lose("one"), 1.25, 1e-9);
  disagree("noisy");
  EXPECT_NEAR(lose("two"), 1 / 0.3, 1e-9);
  watched.judge = "calm";
  monitor.Watch({watched});
  EXPECT_NEAR(lose("three"), 1.25, 1e-9);
  disagree("noisy");
  EXPECT_NEAR(lose("four"), 1.25, 1e-9) << "told again of the time of the other";
}

// Two models whose floor allows .045: the dear one hardly loses, so it gets the allowance, and what
// clients lose is no more.
TEST(Monitor, ModelsShareWhatTheFloorAllowsByWhatItSaves) {
  Monitor monitor;
  Watched watched{"auto", 0.95, true, {{"weak"}, {"middle"}}};
  watched.tiers[0].saving = 16;
  watched.tiers[1].saving = 15;
  watched.shares = true;
  monitor.Watch({watched});
  std::mt19937_64 random(7);
  const auto allowed = [&](std::string_view tier) {
    const auto known = monitor.CalibrationOf("auto", tier);
    return known == nullptr ? 0 : known->allowed;
  };
  double lost = 0;
  const auto may = [&](std::string_view tier, double score) {
    const auto known = monitor.CalibrationOf("auto", tier);
    return known == nullptr || known->CheapMayAnswer(score, "code");
  };
  const auto feed = [&](int from, int until) {
    for (int i = from; i < until; ++i) {
      const bool weak = i % 2 == 0;
      Evidence evidence = Of(i, Outcome::kTie);
      evidence.tier = weak ? "weak" : "middle";
      evidence.score = static_cast<double>(random() % 1'000) / 1'000;
      const double loses = (weak ? 0.5 : 0.1) * evidence.score;
      // Of a judge that flips no loss: .8 of one appears as it is corrected for.
      if (static_cast<double>(random() % 1'000) < loses * 800) evidence.outcome = Outcome::kLoss;
      const bool by_weak = may("weak", evidence.score), by_middle = may("middle", evidence.score);
      evidence.own = weak || !by_weak;
      evidence.served = evidence.own && (weak ? by_weak : by_middle);
      evidence.clients = evidence.served ? 2 : by_weak || by_middle ? 0 : 1;
      lost += (by_weak ? 0.5 : by_middle ? 0.1 : 0) * evidence.score;
      monitor.Add(std::move(evidence));
      monitor.Wait();
    }
  };
  feed(0, 200);
  EXPECT_NEAR(allowed("weak"), 0.0225, 1e-9) << "evenly at first";
  feed(200, 5'000);
  lost = 0;
  feed(5'000, 9'000);
  EXPECT_LT(lost / 4'000, 0.05);
  EXPECT_GT(lost / 4'000, 0.025) << "it is made use of";
  EXPECT_GT(allowed("middle"), 0.03);
  EXPECT_NEAR(allowed("weak") + allowed("middle"), 0.045, 0.002);
  EXPECT_TRUE(monitor.figures().alarms.empty()) << monitor.figures().alarms.front();
  const double part = allowed("middle");
  monitor.Watch({watched});
  feed(9'000, 9'060);
  EXPECT_NEAR(allowed("middle"), part, 0.003) << "a reload changes nothing";
  watched.tiers.push_back({"third"});
  monitor.Watch({watched});
  feed(9'060, 9'120);
  EXPECT_NEAR(allowed("middle"), part * 2 / 3, 0.003) << "who comes has a third";
  watched.tiers = {watched.tiers[1]};
  monitor.Watch({watched});
  feed(9'120, 9'180);
  EXPECT_NEAR(allowed("middle"), 0.045, 1e-9) << "who is alone has all";
}

// `middle` has hardly a request of its own, so it may have them all by its crest; then `weak` goes.
class MonitorSharingTest : public testing::Test {
 protected:
  MonitorSharingTest() {
    watched_.shares = true;
    watched_.tiers[0].saving = 16;
    watched_.tiers[1].saving = 15;
    monitor_.Watch({watched_});
    Feed(12'000, false);
  }
  // Verdicts on `middle`; `own`: all of them, else one in twenty.
  void Feed(int count, bool own) {
    for (int i = 0; i < count; ++i) {
      ++at_;
      Evidence evidence = Of(at_, at_ % 10 < 1 ? Outcome::kLoss : Outcome::kTie);
      evidence.tier = "middle";
      evidence.score = static_cast<double>(random_() % 1'000) / 1'000;
      evidence.own = own || random_() % 20 == 0;
      evidence.served = evidence.own;
      monitor_.Add(std::move(evidence));
      if (i % 1'000 == 999) monitor_.Wait();
    }
    monitor_.Wait();
  }
  double Crest() const { return monitor_.CalibrationOf("auto", "middle")->crest; }

  Watched watched_{"auto", 0.95, true, {{"weak"}, {"middle"}}};
  Monitor monitor_;
  std::mt19937_64 random_{7};
  int at_ = 0;
};

TEST_F(MonitorSharingTest, WhoLeavesGivesItsRequestsAtOnce) {
  EXPECT_GT(Crest(), 0.9);
  watched_.tiers[0].model = "another";
  monitor_.Watch({watched_});
  Feed(50, true);
  EXPECT_LT(Crest(), 0.85);
}

TEST_F(MonitorSharingTest, OrWhereItsPriceChanges) {
  watched_.tiers[0].saving = 1;
  monitor_.Watch({watched_});
  Feed(50, true);
  EXPECT_LT(Crest(), 0.85);
}

TEST_F(MonitorSharingTest, ElseThatIsSeenByAndBy) {
  monitor_.Watch({watched_});
  Feed(50, true);
  EXPECT_GT(Crest(), 0.9);
}

TEST_F(MonitorSharingTest, AnotherFloorIsSharedAnew) {
  watched_.floor = 0.9;
  monitor_.Watch({watched_});
  EXPECT_EQ(monitor_.CalibrationOf("auto", "middle"), nullptr);
  Feed(25, true);
  EXPECT_NEAR(monitor_.CalibrationOf("auto", "middle")->allowed, 0.05 * 0.9, 1e-9);
}

TEST(Monitor, RoutesThatNobodyWatchesTeachNothing) {
  Monitor monitor;
  monitor.Add(Of(0, Outcome::kLoss));
  monitor.Wait();
  EXPECT_EQ(monitor.figures().verdicts, 0);
}

TEST(AnswerText, IsTheFirstChoicesContent) {
  EXPECT_EQ(PlainAnswerText(
                R"({"choices":[{"message":{"content":"a\nb"}},{"message":{"content":"c"}}]})"),
            "a\nb");
  EXPECT_EQ(PlainAnswerText(R"({"choices":[{"message":{"content":null,"tool_calls":[]}}]})"), "");
  EXPECT_EQ(PlainAnswerText("no json"), "");
  EXPECT_EQ(StreamAnswerText("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n"
                             ": comment\n\n"
                             "data: {\"choices\":[{\"delta\":{\"content\":\"he\"}}]}\n\n"
                             "data: {\"choices\":[{\"delta\":{\"content\":\"llo\"}}]}\n\n"
                             "data: [DONE]\n\n"),
            "hello");
}

}  // namespace
}  // namespace weir::quality
