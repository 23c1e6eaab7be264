// Budgets hold whatever happens (HARDENING B01-B11, X10).
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "ledger/report.h"
#include "test/harness/eventually.h"
#include "test/harness/keyed.h"
#include "test/harness/world.h"
#include "testing/poll.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class BudgetTest : public KeyedTest {
 protected:
  static std::string KeyWith(std::string_view terms) {
    return fmt::format("\n  - {{name: a, key: {}, allow_override: true, {}}}\n", kKey, terms);
  }
  // A budget worth so many answers of `small`.
  static std::string Worth(int64_t answers, std::string_view per = "month") {
    const int64_t nano = answers * kCost;
    return KeyWith(fmt::format("budget: {{usd: {}.{:09}, per: {}}}", nano / 1'000'000'000,
                               nano % 1'000'000'000, per));
  }
  // After the script's gate has opened: nothing is reserved for anybody.
  bool NothingIsHeld() const {
    for (int i = 0; i < 200; ++i) {
      if (Metric("weir_budget_reserved_usd") == 0) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }
};

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

// What was in flight when the process died is booked at what was reserved for it: never less than
// what the upstream served.
TEST_F(BudgetTest, B04_Kill9BooksWhatWasInFlight) {
  if (!MayOpen(4'096)) GTEST_SKIP() << "needs 4,096 open files";
  Start(Worth(1'000));
  EXPECT_EQ(Ask().status, 200);
  const auto gate = std::make_shared<Gate>();
  upstream_.Always(Script::Json(ChatReply("late")).WaitBeforeHead(gate));
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(RequestBytes("POST", "/v1/chat/completions",
                                      ChatBody("small", "hi", R"(,"max_tokens":5)"), Bearer()));
  }
  ASSERT_TRUE(upstream_.WaitForRequests(501, seconds(60)));
  weir().Kill();
  gate->Open();
  upstream_.Always(Script::Json(ChatReply("hello")));
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(weir().WaitForOutput("died with the process", seconds(20)));
  EXPECT_EQ(SpentUsd("a"), "0.002505");
  const auto rest = AskTogether(1'000);
  EXPECT_EQ(Count(rest, 200), 499);
  ASSERT_TRUE(NothingIsHeld());
  weir().Kill();
  ASSERT_TRUE(weir().Start()) << weir().output();  // booked once
  EXPECT_EQ(SpentUsd("a"), "0.005");
  EXPECT_EQ(Ask().status, 429);
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.cost, 1'000 * kCost);
  EXPECT_EQ(rows.lost, 500);
}

// An attempt that failed has given its money back while its request waits to ask again. Who was
// given that money must be all that is booked when the process dies.
TEST_F(BudgetTest, B04_Kill9BooksNoMoneyTwiceThatARetryHadReturned) {
  std::string config = Config(Worth(20));
  config.replace(config.find("retries: 0"), 10, "retries: 3");
  const auto gate = std::make_shared<Gate>();
  upstream_.Always(Script::Json(ChatReply("late")).WaitBeforeHead(gate));
  upstream_.Enqueue(Script::Json(ErrorReply("busy"), 503).WithHeader("retry-after", "2"));
  StartWith(std::move(config));
  const auto ask = [&](int tokens) {
    auto client = std::make_unique<HttpClient>(port());
    client->Send(RequestBytes("POST", "/v1/chat/completions",
                              ChatBody("small", "hi", fmt::format(R"(,"max_tokens":{})", tokens)),
                              Bearer()));
    return client;
  };
  const auto first = ask(100);
  ASSERT_TRUE(upstream_.WaitForRequests(1, seconds(60)));
  const auto second = ask(95);
  ASSERT_TRUE(upstream_.WaitForRequests(2, seconds(60)));
  weir().Kill();
  gate->Open();
  upstream_.Always(Script::Json(ChatReply("hello")));
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(weir().WaitForOutput("died with the process", seconds(20)));
  EXPECT_EQ(SpentUsd("a"), "0.000095");
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 429);
  EXPECT_EQ(StopAndRead().cost, 20 * kCost);
}

TEST_F(BudgetTest, B04_AThousandAtOnceAndAKill9InTheMiddle) {
  if (!MayOpen(4'096)) GTEST_SKIP() << "needs 4,096 open files";
  Start(Worth(100));
  std::thread killer([this] {
    upstream_.WaitForRequests(40, seconds(60));
    weir().Kill();
  });
  const int64_t before = Count(AskTogether(1'000), 200);
  killer.join();
  ASSERT_TRUE(weir().Start()) << weir().output();
  const int64_t after = Count(AskTogether(1'000), 200);
  EXPECT_LE(before + after, 100);
  EXPECT_TRUE(NothingIsHeld());
  EXPECT_EQ(Ask().status, 429) << "the rest is spent to the last request";
  const Rows rows = StopAndRead();
  EXPECT_EQ(rows.cost, 100 * kCost);
  EXPECT_GE(rows.cost, static_cast<int64_t>(upstream_.requests().size()) * kCost);
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

// HARDENING P10: neither the store nor the journal is there any more, only the second copy of the
// books, and what it says is still spent.
TEST_F(BudgetTest, P10_ADamagedStoreGivesNoMoneyBack) {
  Start(Worth(3, "total"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 429);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(20)), 0);
  const std::string store = weir().data_dir() + "/ledger.db";
  std::ofstream(store, std::ios::trunc) << std::string(9'000, 'g');
  std::filesystem::remove(weir().data_dir() + "/journal-00000001.wlj");
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(weir().WaitForOutput("known from the second copy", seconds(20)));
  EXPECT_EQ(Ask().status, 429);
  EXPECT_EQ(SpentUsd("a"), "0.000015");
}

TEST_F(BudgetTest, P10_BudgetsThatNobodyKnowKeepTheServerFromStarting) {
  Start(Worth(3, "total"));
  EXPECT_EQ(Ask().status, 200);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(20)), 0);
  // As if the journal had forgotten what was in its first segments.
  const std::string data_dir = weir().data_dir();
  std::filesystem::rename(data_dir + "/journal-00000001.wlj", data_dir + "/journal-00000007.wlj");
  std::ofstream(data_dir + "/ledger.db", std::ios::trunc) << std::string(9'000, 'g');
  std::filesystem::remove(data_dir + "/books");
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(weir().Start());
  EXPECT_THAT(weir().output(), HasSubstr("Budgets would begin anew"));
  EXPECT_THAT(weir().output(), HasSubstr("/books.lost to go on"));
  std::filesystem::remove(data_dir + "/books.lost");
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_EQ(SpentUsd("a"), "0.000005") << "of what the journal still has";
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
