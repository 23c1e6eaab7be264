// Budgets hold whatever happens (HARDENING B01-B03, B06-B11, X10).
#include "test/harness/budgeted.h"
#include "test/harness/eventually.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

TEST_F(BudgetTest, B01_AThousandAtOnceOnABudgetForAHundred) {
  if (!MayOpen(4'096)) GTEST_SKIP() << "needs 4,096 open files";
  Start(Worth(100));
  const auto answers = AskTogether(1'000);
  EXPECT_EQ(Count(answers, 200), 100);
  EXPECT_EQ(Count(answers, 429), 900);
  for (const HttpAnswer& answer : answers) {
    if (answer.status != 429) continue;
    ASSERT_TRUE(IsError(answer, 429, "rate_limit_error", "budget_exceeded"));
    ASSERT_EQ(answer.Header("x-should-retry"), "false");
    ASSERT_FALSE(answer.Header("retry-after").empty());
  }
  EXPECT_EQ(upstream_.requests().size(), 100u);
  EXPECT_TRUE(NothingIsHeld());
  EXPECT_EQ(SpentUsd("a"), "0.0005");
  EXPECT_EQ(StopAndRead().cost, 100 * kCost);
}

// The upstream answers shorter than it might: what is returned serves others, to the last request
// that fits.
TEST_F(BudgetTest, B02_WhatIsNotUsedIsReturnedAndSpentByOthers) {
  Start(Worth(100));
  const auto answers = AskTogether(300, "small", R"(,"max_tokens":20)");
  const int64_t served = Count(answers, 200);
  // The last ones must have room for 20 tokens, that is for 4 answers.
  EXPECT_EQ(served, 97);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":15)").status, 200);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":15)").status, 429);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":10)").status, 200);
  EXPECT_EQ(Ask("small").status, 200);
  EXPECT_EQ(Ask("small").status, 429);
  EXPECT_EQ(StopAndRead().cost, 100 * kCost);
}

TEST_F(BudgetTest, B02_WithoutAMaximumTheModelsOwnIsReserved) {
  Start(Worth(100));
  EXPECT_EQ(Ask("small", "").status, 429) << "it could cost 131,072 tokens";
  EXPECT_EQ(Ask("small").status, 200);
}

TEST_F(BudgetTest, B02_ThePromptIsBoundedByItsBytes) {
  Start(KeyWith("budget: {usd: 0.0005}"));  // 500 tokens
  upstream_.Always(Script::Json(ChatReply("hello")));
  const std::string text(600, 'x');
  EXPECT_EQ(
      Post(port(), "/v1/chat/completions", ChatBody("priced", text, R"(,"max_tokens":5)"), Bearer())
          .status,
      429);
  EXPECT_EQ(Ask("priced").status, 200);
}

// Its text would be 13 tokens by our own guess, and 5 were asked for and reserved.
TEST_F(BudgetTest, B02_WhatNobodyCountedIsBookedWithinItsReservation) {
  Start(Worth(1));
  const std::string text(50, 'x');
  upstream_.Always(Script::Json(
      fmt::format(R"({{"id":"c","object":"chat.completion","choices":[{{"index":0,"message":)"
                  R"({{"role":"assistant","content":"{}"}},"finish_reason":"length"}}]}})",
                  text)));
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(SpentUsd("a"), "0.000005");
  EXPECT_EQ(Metric("weir_budget_overruns_total"), 0);
  EXPECT_EQ(StopAndRead().cost, kCost);
}

TEST_F(BudgetTest, B03_FailuresAndDeparturesReturnEverything) {
  Start(Worth(1'000));
  upstream_.Handle([n = 0](const SeenRequest&) mutable {
    switch (n++ % 4) {
      case 0:
        return Script::Json(ErrorReply("broken"), 500);
      case 1:
        return Script::Json(ErrorReply("no"), 400);
      case 2:
        return Script::Raw("");
      default:
        return Script::Json(ChatReply("hello"));
    }
  });
  for (int round = 0; round < 10; ++round) {
    std::vector<std::unique_ptr<HttpClient>> leaving;
    for (int i = 0; i < 60; ++i) {
      leaving.push_back(std::make_unique<HttpClient>(port()));
      leaving.back()->Send(RequestBytes("POST", "/v1/chat/completions",
                                        ChatBody("small", "hi", R"(,"max_tokens":5)"), Bearer()));
      leaving.back()->Abort();
    }
    AskTogether(40);
  }
  EXPECT_TRUE(NothingIsHeld());
  EXPECT_EQ(Metric("weir_budget_overruns_total"), 0);
  EXPECT_EQ(Metric("weir_budget_waiting"), 0);
}

TEST_F(BudgetTest, B07_AnUnknownUsersFirstRequestsShareOneBudget) {
  Start(KeyWith("user_budget: {usd: 0.000015, per: day}"));
  const auto first = AskTogether(8, "small", R"(,"max_tokens":5,"user":"u-1")");
  EXPECT_EQ(Count(first, 200), 3);
  const auto second = AskTogether(8, "small", R"(,"max_tokens":5,"user":"u-2")");
  EXPECT_EQ(Count(second, 200), 3);
  EXPECT_EQ(Count(AskTogether(4), 200), 3) << "who names nobody is somebody too";
}

TEST_F(BudgetTest, B08_ABudgetLoweredBelowWhatIsSpent) {
  Start(Worth(100));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ask().status, 200);
  const auto gate = std::make_shared<Gate>();
  upstream_.Enqueue(Script::Json(ChatReply("late")).WaitBeforeHead(gate));
  HttpClient running(port());
  running.Send(RequestBytes("POST", "/v1/chat/completions",
                            ChatBody("small", "hi", R"(,"max_tokens":5)"), Bearer()));
  ASSERT_TRUE(upstream_.WaitForRequests(11, seconds(60)));
  weir().Rewrite(Config(Worth(5)));
  ASSERT_EQ(Admin("POST", "/api/reload").status, 200);
  EXPECT_EQ(Ask().status, 429);
  gate->Open();
  EXPECT_EQ(running.ReadAnswer().status, 200);
  EXPECT_EQ(SpentUsd("a"), "0.000055");
}

TEST_F(BudgetTest, B09_AModelWithoutAPriceIsNotForKeysWithABudget) {
  Start(Worth(100), R"(
routes:
  auto: {classifier: seed, tiers: {simple: nameless, complex: small}}
  free: {model: nameless}
)");
  EXPECT_TRUE(IsError(Ask("nameless"), 403, "permission_error"));
  EXPECT_TRUE(IsError(Ask("free"), 403, "permission_error"));
  EXPECT_EQ(Ask("auto").Header("x-weir-model"), "up/small");
}

TEST_F(BudgetTest, B10_EveryBilledAttemptIsSpent) {
  Start(Worth(100), R"(
fallbacks: {small: [large, priced]}
routes: {auto: {model: small}}
)");
  // Three attempts, two of them billed: one fails, but says what it used, 5 tokens at small's
  // price; large fails; priced answers for 15 tokens.
  upstream_.Enqueue(Script::Json(
      R"({"error":{"message":"x"},"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}})"));
  upstream_.Enqueue(Script::Json(ErrorReply("broken"), 500));
  const HttpAnswer answer = Ask();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-weir-attempts"), "3");
  EXPECT_EQ(SpentUsd("a"), "0.00002");
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.cost, 4 * kCost);
  EXPECT_EQ(rows.attempts, 3);
}

TEST_F(BudgetTest, B11_AnAnswerFromMemoryCostsNothingAndSaysWhatItSaved) {
  Start(Worth(1), R"(
routes: {auto: {model: small, cache: {mode: exact}}}
)");
  EXPECT_EQ(Ask("auto").Header("x-weir-cost-usd"), "0.000005");
  const HttpAnswer again = Ask("auto");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.Header("x-weir-cache"), "hit");
  EXPECT_EQ(again.Header("x-weir-cost-usd"), "0.00");
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.cost, kCost);
  EXPECT_EQ(rows.cache_saved, kCost);
}

TEST_F(BudgetTest, B11_WhatFollowsAnothersCallCostsNothingEither) {
  Start(Worth(1), R"(
routes: {auto: {model: small, cache: {mode: exact}}}
)");
  const auto gate = std::make_shared<Gate>();
  upstream_.Enqueue(Script::Json(ChatReply("hello")).WaitBeforeHead(gate));
  const std::string request = RequestBytes("POST", "/v1/chat/completions",
                                           ChatBody("auto", "hi", R"(,"max_tokens":5)"), Bearer());
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(request);
  }
  ASSERT_TRUE(upstream_.WaitForRequests(1, seconds(60)));
  ASSERT_TRUE(EventuallyWithin(seconds(60), [&] { return Metric("weir_inflight") == 5; }));
  gate->Open();
  for (const auto& client : clients) EXPECT_EQ(client->ReadAnswer().status, 200);
  EXPECT_EQ(upstream_.requests().size(), 1u);
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.rows, 5);
  EXPECT_EQ(rows.cost, kCost);
  EXPECT_EQ(rows.cache_saved, 4 * kCost);
}

// A month ends for the process as for the calendar; here: a total never does.
TEST_F(BudgetTest, B06_ATotalIsNeverRenewed) {
  Start(Worth(1, "total"));
  EXPECT_EQ(Ask().status, 200);
  const HttpAnswer refused = Ask();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("retry-after"), "");
}

TEST_F(BudgetTest, ATeamsKeysShareItsBudget) {
  Start(
      fmt::format("\n  - {{name: a, key: {}, team: core, allow_override: true}}\n"
                  "  - {{name: b, key: second-{}, team: core, allow_override: true}}\n"
                  "teams: {{core: {{budget: {{usd: 0.00002, per: day}}}}}}\n",
                  kKey, kKey));
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 200);
  const std::string second = "second-" + std::string(kKey);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":5)", second).status, 200);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":5)", second).status, 200);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":5)", second).status, 429);
  EXPECT_EQ(Ask().status, 429);
}

constexpr std::string_view kHard = R"(,"max_tokens":5)";

// X10: the strong tier for what it is worth, then the cheaper one, whoever comes at the same time.
TEST_F(BudgetTest, X10_StrongMoneySpentMeansCheaperAnswers) {
  Start(KeyWith("strong_usd: {usd: 0.0005, per: day}"), R"(
routes:
  auto: {classifier: rules, default: complex, tiers: {simple: small, complex: large}, baseline: large}
)");
  const auto answers = AskTogether(200, "auto", kHard);
  EXPECT_EQ(Count(answers, 200), 200);
  const auto strong = std::ranges::count_if(answers, [](const HttpAnswer& answer) {
    return answer.Header("x-weir-model") == "up/large";
  });
  EXPECT_EQ(strong, 10);
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.strong, 100 * kCost);
  EXPECT_EQ(rows.cost, 100 * kCost + 190 * kCost);
}

TEST_F(BudgetTest, X10_OrARefusalWhereThatIsAsked) {
  Start(KeyWith("strong_usd: 0.0005, strong_over: refuse"), R"(
routes:
  auto: {classifier: rules, default: complex, tiers: {simple: small, complex: large}, baseline: large}
)");
  const auto answers = AskTogether(50, "auto", kHard);
  EXPECT_EQ(Count(answers, 200), 10);
  EXPECT_EQ(Count(answers, 429), 40);
}

TEST_F(BudgetTest, StreamsReserveAndSettleToo) {
  Start(Worth(3));
  upstream_.Always(Script::Stream(WholeStream({"hel", "lo"})));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask("small", R"(,"max_tokens":5,"stream":true)").status, 200);
  }
  EXPECT_EQ(Ask("small", R"(,"max_tokens":5,"stream":true)").status, 429);
  EXPECT_EQ(StopAndRead().cost, 3 * kCost);
}

}  // namespace
}  // namespace weir::e2e
