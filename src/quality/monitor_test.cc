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

// A cheap model silently gets worse: alarm and hand-over; then it is good again.
TEST(Monitor, RaisesAnAlarmMovesUpAndRecovers) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {"simple"}}});
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
  EXPECT_TRUE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
  EXPECT_TRUE(monitor.figures().alarms.empty());
  feed(600, 0.5, true);
  EXPECT_FALSE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
  EXPECT_FALSE(monitor.figures().alarms.empty());
  feed(4'000, 0.0, false);  // probes of the cheap model, which is good again
  EXPECT_TRUE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
}

TEST(Monitor, OnlyMeasuresWhereItIsNotToAct) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, false, {"simple"}}});
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_TRUE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
  EXPECT_FALSE(monitor.figures().alarms.empty());
  monitor.Watch({{"auto", 0.95, true, {"simple"}}});
  EXPECT_FALSE(monitor.MayAnswer("auto", "simple", 0.3, "code")) << "what it has learned holds";
}

TEST(Monitor, AChangeIsUndoneWithOneCall) {
  Monitor monitor;
  monitor.Watch({{"auto", 0.95, true, {"simple"}}});
  EXPECT_FALSE(monitor.Undo("auto", "simple"));
  for (int i = 0; i < 800; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  ASSERT_FALSE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
  for (int i = 0; i < 1'000 && !monitor.MayAnswer("auto", "simple", 0.3, "code"); ++i) {
    ASSERT_TRUE(monitor.Undo("auto", "simple"));
  }
  EXPECT_TRUE(monitor.MayAnswer("auto", "simple", 0.3, "code"));
  for (int i = 800; i < 1'000; ++i) monitor.Add(Of(i, Outcome::kLoss));
  monitor.Wait();
  EXPECT_TRUE(monitor.MayAnswer("auto", "simple", 0.3, "code")) << "pinned";
  EXPECT_TRUE(monitor.Resume("auto", "simple"));
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
