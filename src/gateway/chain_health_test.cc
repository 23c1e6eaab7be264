// Breakers and the retry budget, as the attempts obey them.
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class ChainHealthTest : public ChainTest {
 protected:
  ChainHealthTest() { Load({.provider = "retries: 0, breaker: {failures: 2, cooldown: 30s}"}); }
  void AllAnswer(int status) {
    for (ScriptedUpstream* each : {&first_, &second_, &third_}) {
      each->Always(status == 200 ? Script::Json(ChatReply("ok")) : Script::Json("{}", status));
    }
  }
  void DrainBudget() {
    while (core_.retry_budget.Spend()) {
    }
  }
};

TEST_F(ChainHealthTest, AnOpenTargetIsSkippedWithoutACall) {
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  auto run = Run();
  EXPECT_EQ(run->Story(), "middle:ok");
  EXPECT_EQ(run->chain().fallback(), "breaker_open");
  EXPECT_EQ(first_.requests().size(), 2U);
}

TEST_F(ChainHealthTest, OneProbeAfterTheCooldownAndItsAnswerDecides) {
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  clock_.Advance(seconds(31));
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ChatReply("back")).WaitBeforeHead(gate));
  auto probe = Start();
  ASSERT_TRUE(Asked(first_, 3));
  EXPECT_EQ(Run()->Story(), "middle:ok") << "only one request tries it";
  gate->Open();
  ASSERT_TRUE(Until([&] { return probe->done(); }));
  EXPECT_EQ(probe->Story(), "small:ok");
  first_.Always(Script::Json(ChatReply("well")));
  EXPECT_EQ(Run()->Story(), "small:ok");
}

TEST_F(ChainHealthTest, AProbeWithoutAVerdictLeavesTheDoorToTheNext) {
  first_.Enqueue(Script::Json("", 500));
  first_.Enqueue(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  clock_.Advance(seconds(31));
  first_.Enqueue(Script::Json(ErrorReply("top_p"), 400));
  EXPECT_EQ(Run()->Story(), "small:upstream_rejected") << "the request's fault is no verdict";
  first_.Enqueue(Script::Json("{}", 401));
  EXPECT_EQ(Run()->Story(), "small:upstream_auth middle:ok");
  clock_.Advance(seconds(61));
  first_.Enqueue(Script::Hang());
  auto left = Start();
  ASSERT_TRUE(Asked(first_, 5));
  left->cancel().Cancel();
  ASSERT_TRUE(Until([&] { return left->done(); }));
  first_.Always(Script::Json(ChatReply("back")));
  EXPECT_EQ(Run()->Story(), "small:ok");
}

TEST_F(ChainHealthTest, WhenAllAreOpenTheOneThatIsBackSoonestIsAsked) {
  AllAnswer(500);
  ASSERT_FALSE(Run()->answer());
  clock_.Advance(seconds(1));
  ASSERT_FALSE(Run()->answer());
  clock_.Advance(seconds(1));
  BreakerOf("small").CoolUntil(clock_.Steady() + seconds(60));
  BreakerOf("middle").CoolUntil(clock_.Steady() + seconds(50));
  BreakerOf("large").CoolUntil(clock_.Steady() + seconds(55));
  AllAnswer(200);
  auto run = Run();
  ASSERT_TRUE(run->answer()) << "the last door stays open";
  EXPECT_EQ(run->Story(), "middle:ok");
}

TEST_F(ChainHealthTest, AllOpenAndTheLastDoorFailsIsTheFailureItself) {
  AllAnswer(500);
  for (int i = 0; i < 2; ++i) ASSERT_FALSE(Run()->answer());
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->chain().attempts().size(), 1U);
  EXPECT_EQ(run->answer().error().reason, Reason::kUpstreamStatus);
}

TEST_F(ChainHealthTest, WithoutBudgetAFailingTargetIsNotAskedAgain) {
  AllAnswer(500);
  ASSERT_FALSE(Run()->answer());
  DrainBudget();
  auto run = Run();
  EXPECT_EQ(run->Story(), "small:upstream_status") << "its fallbacks have failed too just now";
}

TEST_F(ChainHealthTest, AProbeThatTheBudgetForbidsIsLeftToTheNext) {
  first_.Always(Script::Json("{}", 404));
  second_.Enqueue(Script::Json("", 500));
  second_.Enqueue(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("back")));
  third_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  clock_.Advance(seconds(31));
  DrainBudget();
  EXPECT_EQ(Run()->Story(), "small:upstream_no_model large:ok");
  for (int i = 0; i < 20; ++i) core_.retry_budget.OnRequest();
  EXPECT_EQ(Run()->Story(), "small:upstream_no_model middle:ok");
}

TEST_F(ChainHealthTest, WithoutBudgetACleanTargetIsStillAFallback) {
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  DrainBudget();
  EXPECT_EQ(Run()->Story(), "small:upstream_status middle:ok");
}

TEST_F(ChainHealthTest, WithoutBudgetTheSameTargetIsNotRetried) {
  Load({.provider = "retries: 1"});
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  DrainBudget();
  EXPECT_EQ(Run()->Story(), "small:upstream_status middle:ok");
}

TEST_F(ChainHealthTest, AFallbackThatHelpsCostsNoBudget) {
  first_.Always(Script::Json("{}", 404));
  second_.Always(Script::Json(ChatReply("ok")));
  const int64_t before = core_.retry_budget.tokens();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Run()->answer());
  EXPECT_EQ(core_.retry_budget.tokens(), before);
  second_.Always(Script::Json("{}", 404));
  third_.Always(Script::Json("{}", 404));
  ASSERT_FALSE(Run()->answer());
  EXPECT_EQ(core_.retry_budget.tokens(), before - 2) << "hopeless ones are paid for";
}

TEST_F(ChainHealthTest, HealthLivesAcrossAReload) {
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  Load({.provider = "retries: 0, breaker: {failures: 9, cooldown: 30s}"});
  EXPECT_EQ(Run()->Story(), "middle:ok");
}

}  // namespace
}  // namespace weir::gateway
