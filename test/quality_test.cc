// Quality is measured while requests are served, and what is lost is handed upwards.
#include <gmock/gmock.h>

#include <thread>

#include "ledger/report.h"
#include "test/harness/eventually.h"
#include "test/harness/keyed.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class QualityTest : public KeyedTest {
 protected:
  static constexpr std::string_view kMeasured = R"(
routes:
  auto:
    classifier: learned
    shares: {simple: 1}
    tiers: {simple: small, complex: large}
    baseline: large
    sticky: false
    quality: {sample: 100%, tiers: [simple], judge: priced, floor: 0.9}
)";
  static std::string Open(std::string_view terms = "allow_override: true") {
    return fmt::format("\n  - {{name: a, key: {}, {}}}\n", kKey, terms);
  }
  // `small` answers rightly or not; `large` always does; `priced` judges.
  void Answer(bool small_is_right) {
    upstream_.Handle([this, small_is_right](const SeenRequest& seen) {
      const std::string model = Member(seen.body, "model");
      if (model == "priced") {
        judged_ = true;
        const size_t wrong = seen.body.find("wrong: "), right = seen.body.find("right: ");
        const std::string better = wrong < right ? "B" : "A";
        return Script::Json(ChatReply(fmt::format(R"({{"better":"{}","why":"it is"}})", better)));
      }
      const bool right = model == "large" || small_is_right;
      return Script::Json(ChatReply(right ? "right: 42" : "wrong: 41"));
    });
  }
  // Asks one after the other, so that what is learned can be used.
  int AskMany(int count, int* strong = nullptr) const {
    int served = 0;
    for (int i = 0; i < count; ++i) {
      const HttpAnswer answer =
          Post(port(), "/v1/chat/completions",
               ChatBody("auto", fmt::format("Write a function that adds {} and {}.", i, i + 1)),
               Bearer());
      served += answer.status == 200 ? 1 : 0;
      if (strong != nullptr && answer.Header("x-weir-model") == "up/large") ++*strong;
    }
    return served;
  }
  std::string Quality() const { return Admin("GET", "/api/quality").body; }
  static bool Eventually(const std::function<bool()>& holds) {
    return EventuallyWithin(seconds(10), holds);
  }
  // Rows of samples, newest first.
  std::vector<ledger::Record> Samples() const {
    auto reader = ledger::Reader::Open(weir().data_dir());
    EXPECT_TRUE(reader) << reader.error().message;
    ledger::DecisionFilter filter;
    filter.kind = ledger::kSample;
    filter.limit = 500;
    return *(*reader)->List(filter);
  }

  std::atomic<bool> judged_{false};
};

TEST_F(QualityTest, EqualAnswersNeedNoJudge) {
  Start(Open(), kMeasured);
  Answer(true);
  EXPECT_EQ(AskMany(5), 5);
  EXPECT_TRUE(Eventually([&] { return upstream_.requests().size() == 10; }));
  EXPECT_FALSE(judged_);
  StopAndRead();
  const auto rows = Samples();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].verdict, "tie");
  EXPECT_EQ(rows[0].verdict_by, "exact");
  EXPECT_EQ(rows[0].attempts.size(), 1u);
  EXPECT_EQ(rows[0].attempts[0].role, "shadow");
  EXPECT_EQ(rows[0].key, "a");
  EXPECT_FALSE(rows[0].task.empty());
}

TEST_F(QualityTest, TheJudgeIsAskedInBothOrdersAndPaid) {
  Start(Open(), kMeasured);
  Answer(false);
  EXPECT_EQ(AskMany(1), 1);
  EXPECT_TRUE(Eventually([&] { return upstream_.requests().size() == 4; }));
  const Rows all = StopAndRead();
  const auto rows = Samples();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict, "loss");
  EXPECT_EQ(rows[0].verdict_by, "judge");
  EXPECT_EQ(rows[0].attempts.size(), 3u);
  // small, large, and twice the judge at 15 tokens.
  EXPECT_EQ(all.cost, kCost + 10 * kCost + 2 * 15'000);
  for (const SeenRequest& seen : upstream_.requests()) {
    if (Member(seen.body, "model") != "priced") continue;
    EXPECT_EQ(seen.body.find("small"), std::string::npos) << "blind";
    EXPECT_EQ(seen.body.find("large"), std::string::npos);
  }
}

TEST_F(QualityTest, KeysThatOptOutAreNeverAskedAgain) {
  Start(Open("sample: false"), kMeasured);
  Answer(false);
  EXPECT_EQ(AskMany(5), 5);
  StopAndRead();
  EXPECT_EQ(upstream_.requests().size(), 5u);
  EXPECT_TRUE(Samples().empty());
}

TEST_F(QualityTest, WhatMeasuringCostsIsCapped) {
  std::string routes(kMeasured);
  // Worth the shadow of five requests: it could cost 131,072 tokens of `large` at 10 USD each.
  routes.replace(routes.find("floor: 0.9"), 10, "floor: 0.9, budget: {usd: 1.4, per: day}");
  Start(Open(), routes);
  Answer(true);
  EXPECT_EQ(AskMany(20), 20) << "clients never notice";
  EXPECT_TRUE(Eventually([&] { return upstream_.requests().size() >= 21; }));
  StopAndRead();
  int64_t cost = 0;
  for (const ledger::Record& row : Samples()) cost += row.cost.nano;
  EXPECT_LE(cost, 1'400'000'000);
}

TEST_F(QualityTest, ACheapModelGetsWorseTheTierMovesUpAndRecovers) {
  Start(Open(), kMeasured);
  Answer(true);
  EXPECT_EQ(AskMany(150), 150);
  EXPECT_EQ(Member(Quality(), "alarms"), "");
  EXPECT_NE(Quality().find(R"("alarms":[])"), std::string::npos) << Quality();

  Answer(false);
  int strong = 0;
  const auto moved = [&] {
    strong = 0;
    AskMany(50, &strong);
    return strong == 50;
  };
  int rounds = 0;
  while (!moved() && rounds < 30) ++rounds;
  EXPECT_LT(rounds, 30) << Quality();
  EXPECT_EQ(Quality().find(R"("alarms":[])"), std::string::npos) << Quality();
  EXPECT_TRUE(weir().WaitForOutput("answers fall under the floor", seconds(10)));
  const HttpAnswer raised =
      Post(port(), "/v1/chat/completions", ChatBody("auto", "Write a function."), Bearer());
  EXPECT_EQ(raised.Header("x-weir-reason"), "quality");
  EXPECT_EQ(raised.Header("x-weir-tier"), "medium") << "the next, here of the same model";

  // A restart knows it still.
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(60)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  strong = 0;
  AskMany(20, &strong);
  EXPECT_EQ(strong, 20);

  // Undone by hand, and then taken up again.
  EXPECT_EQ(RunWeir("quality undo auto simple --config " + weir().config_path()).exit_code, 0);
  EXPECT_EQ(RunWeir("quality resume auto simple --config " + weir().config_path()).exit_code, 0);
  EXPECT_EQ(RunWeir("quality undo nobody simple --config " + weir().config_path()).exit_code, 1);

  // The cheap model is good again: probes say so, and it gets its requests back.
  Answer(true);
  const auto back = [&] {
    strong = 0;
    AskMany(100, &strong);
    return strong < 50;
  };
  rounds = 0;
  while (!back() && rounds < 60) ++rounds;
  EXPECT_LT(rounds, 60) << Quality();
}

TEST_F(QualityTest, AFloorIsProvenByVerdictsLosesAModelAndGetsItBack) {
  constexpr std::string_view kFloor = R"(
routes:
  auto:
    models: [small, large]
    floor: 0.9
    baseline: large
    sticky: false
    quality: {sample: 100%, judge: priced}
)";
  Start(Open(), kFloor);
  Answer(true);
  const auto first = [&] {
    return Post(port(), "/v1/chat/completions",
                ChatBody("auto", "Write a function that adds 7 and 8."), Bearer());
  };
  const HttpAnswer unproven = first();
  EXPECT_EQ(unproven.Header("x-weir-reason"), "floor:unproven");
  EXPECT_EQ(unproven.Header("x-weir-model"), "up/small");
  const auto proven = [&] {
    AskMany(20);
    return first().Header("x-weir-reason") == "floor";
  };
  int rounds = 0;
  while (!proven() && rounds < 30) ++rounds;
  EXPECT_LT(rounds, 30) << Quality();
  EXPECT_EQ(first().Header("x-weir-model"), "up/small") << Quality();

  Answer(false);
  const auto moved = [&] {
    AskMany(50);
    return first().Header("x-weir-model") == "up/large";
  };
  rounds = 0;
  while (!moved() && rounds < 30) ++rounds;
  EXPECT_LT(rounds, 30) << Quality();
  // Evidence of another time was given up, so that the floor may be unproven again.
  EXPECT_THAT(first().Header("x-weir-reason"), testing::AnyOf("floor", "quality"));

  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(60)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_EQ(first().Header("x-weir-model"), "up/large") << "a restart knows it still";

  Answer(true);
  const auto back = [&] {
    AskMany(100);
    return first().Header("x-weir-model") == "up/small";
  };
  rounds = 0;
  while (!back() && rounds < 60) ++rounds;
  EXPECT_LT(rounds, 60) << Quality();
  StopAndRead();
  for (const ledger::Record& row : Samples()) EXPECT_EQ(row.tier, "up/small");
}

TEST_F(QualityTest, AnUndoIsObeyedAfterARestart) {
  Start(Open(), kMeasured);
  Answer(false);
  int strong = 0;
  for (int rounds = 0; strong < 50 && rounds < 30; ++rounds) {
    strong = 0;
    AskMany(50, &strong);
  }
  ASSERT_EQ(strong, 50) << Quality();
  const auto may_answer = [&] {
    strong = 0;
    AskMany(1, &strong);
    return strong == 0;
  };
  ASSERT_FALSE(may_answer());
  for (int i = 0; i < 100 && !may_answer(); ++i) {
    ASSERT_EQ(Admin("POST", "/api/quality/undo", R"({"route":"auto","tier":"simple"})").status,
              200);
  }
  ASSERT_TRUE(may_answer()) << Quality();
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(60)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(may_answer()) << Quality();
  EXPECT_NE(Quality().find(R"("pinned":true)"), std::string::npos) << Quality();
  EXPECT_EQ(Admin("POST", "/api/quality/resume", R"({"route":"auto","tier":"simple"})").status,
            200);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(60)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_EQ(Quality().find(R"("pinned":true)"), std::string::npos) << Quality();
}

TEST_F(QualityTest, FeedbackIsARowAboutItsRequest) {
  Start(Open(), kMeasured);
  Answer(true);
  const HttpAnswer answer = Post(port(), "/v1/chat/completions", ChatBody("auto", "hi"), Bearer());
  const std::string id = answer.Header("x-weir-id");
  const auto say = [&](std::string_view body) {
    return Post(port(), "/v1/feedback", body, Bearer());
  };
  EXPECT_EQ(say(fmt::format(R"({{"id":"{}","score":-1,"comment":"wrong"}})", id)).status, 200);
  EXPECT_EQ(say(fmt::format(R"({{"id":"{}","score":2}})", id)).status, 400);
  EXPECT_EQ(say(R"({"id":"nothing","score":1})").status, 400);
  EXPECT_EQ(say(fmt::format(R"({{"id":"{}"}})", id)).status, 400);
  EXPECT_EQ(Post(port(), "/v1/feedback", "{}").status, 401);
  StopAndRead();
  auto reader = ledger::Reader::Open(weir().data_dir());
  ledger::DecisionFilter filter;
  filter.kind = ledger::kFeedback;
  const auto rows = (*reader)->List(filter);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().parent, id);
  EXPECT_EQ(rows->front().rating, -1);
  EXPECT_EQ(rows->front().verdict_why, "wrong");
  EXPECT_EQ(rows->front().key, "a");
}

TEST_F(QualityTest, StreamsAreSampledToo) {
  Start(Open(), kMeasured);
  upstream_.Handle([](const SeenRequest& seen) {
    const bool stream = seen.body.find(R"("stream":true)") != std::string::npos;
    return stream ? Script::Stream(WholeStream({"right: ", "42"}))
                  : Script::Json(ChatReply("right: 42"));
  });
  const std::string request =
      RequestBytes("POST", "/v1/chat/completions",
                   ChatBody("auto", "Write a function.", R"(,"stream":true)"), Bearer());
  HttpClient client(port());
  client.Send(request);
  EXPECT_TRUE(client.ReadAnswer().complete);
  EXPECT_TRUE(Eventually([&] { return upstream_.requests().size() == 2; }));
  StopAndRead();
  const auto rows = Samples();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict, "tie");
}

}  // namespace
}  // namespace weir::e2e
