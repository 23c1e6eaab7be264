// Budgets hold over kill -9 and damage to what they are stored in (HARDENING B04, P10).
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "test/harness/budgeted.h"
#include "test/harness/eventually.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

using BudgetCrashTest = BudgetTest;

// What was in flight when the process died is booked at what was reserved for it: never less than
// what the upstream served.
TEST_F(BudgetCrashTest, B04_Kill9BooksWhatWasInFlight) {
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
TEST_F(BudgetCrashTest, B04_Kill9BooksNoMoneyTwiceThatARetryHadReturned) {
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

TEST_F(BudgetCrashTest, B04_AThousandAtOnceAndAKill9InTheMiddle) {
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

// HARDENING P10: neither the store nor the journal is there any more, only the second copy of the
// books, and what it says is still spent.
TEST_F(BudgetCrashTest, P10_ADamagedStoreGivesNoMoneyBack) {
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

TEST_F(BudgetCrashTest, P10_BudgetsThatNobodyKnowKeepTheServerFromStarting) {
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

}  // namespace
}  // namespace weir::e2e
