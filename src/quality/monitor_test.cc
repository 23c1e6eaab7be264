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
