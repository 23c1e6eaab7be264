// How often failing targets are asked again (HARDENING U): retries, their budget, breakers.
#include <atomic>
#include <thread>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class RetryTest : public GatewayTest {
 protected:
  static constexpr auto kReset = Script::Ending::kReset;
  static std::string ChatRequest(std::string_view model) {
    return RequestBytes("POST", "/v1/chat/completions", ChatBody(model, "hi"),
                        {{"content-type", "application/json"}});
  }
  static void InParallel(int times, const std::function<void()>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < times; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(RetryTest, MaxAttemptsBoundsTheWholeChain) {
  World world;
  world.limits = "max_attempts: 2";
  world.provider = "retries: 3";
  Start(world);
  AllAnswer(Script::Json(ErrorReply("no"), 500));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(AllRequests(), 2U);
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
}

TEST_F(RetryTest, ARetryGoesToTheSameTargetFirst) {
  World world;
  world.provider = "retries: 1";
  Start(world);
  first_.Enqueue(Script::Json("", 503));
  first_.Enqueue(Script::Json(ChatReply("again")));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.body, ChatReply("again"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
  EXPECT_EQ(second_.requests().size(), 0U);
}

TEST_F(RetryTest, ADeadTargetIsLeftAloneAfterItsFailures) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 3, cooldown: 60s}";
  Start(world);
  first_.Always(Script::Json("", 503));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 15; ++i) EXPECT_EQ(Ask(ChatBody("small", "hi")).status, 200);
  EXPECT_LE(first_.requests().size(), 4U);
}

TEST_F(RetryTest, TheLastDoorStaysOpen) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 1, cooldown: 60s}";
  Start(world);
  AllAnswer(Script::Json("", 503));
  for (int i = 0; i < 5; ++i) EXPECT_GE(Ask(ChatBody("small", "hi")).status, 500);
  AllAnswer(Script::Json(ChatReply("back")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("back"));
}

TEST_F(RetryTest, ABreakerLetsOneProbeThroughAfterItsCooldown) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 1, cooldown: 200ms}";
  Start(world);
  first_.Enqueue(Script::Json("", 503));
  first_.Always(Script::Json(ChatReply("healed")));
  second_.Always(Script::Json(ChatReply("ok")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("ok"));
  const auto until = steady_clock::now() + seconds(10);
  while (Ask(ChatBody("small", "hi")).body != ChatReply("healed")) {
    ASSERT_LT(steady_clock::now(), until) << "never tried again";
  }
  EXPECT_EQ(first_.requests().size(), 2U) << "nothing was sent while the breaker was open";
}

TEST_F(RetryTest, U07AnOutageIsNotMadeWorseByRetries) {
  World world;
  world.provider = "retries: 1, breaker: {failures: 5, cooldown: 1ms}";
  world.limits = "max_attempts: 3";
  Start(world);
  AllAnswer(Script::Json("", 503));
  InParallel(4, [this] {
    HttpClient client(port());
    for (int i = 0; i < 250; ++i) {
      client.Send(ChatRequest("small"));
      const HttpAnswer answer = client.ReadAnswer();
      ASSERT_GE(answer.status, 500);
      ASSERT_LE(atoi(answer.Header("x-weir-attempts").c_str()), 3);
    }
  });
  EXPECT_GE(AllRequests(), 1000U) << "each had its one try";
  EXPECT_LE(AllRequests(), 1000U + 100U + 4 * 3U) << "a tenth more, and three a client";
}

TEST_F(RetryTest, U13ABreakerIsSeenByEveryWorker) {
  World world;
  world.workers = 2;
  world.provider = "retries: 0, breaker: {failures: 3, cooldown: 60s}";
  Start(world);
  first_.Always(Script::Json("", 503));
  second_.Always(Script::Json(ChatReply("ok")));
  // A connection each: the kernel spreads them over both workers.
  for (int i = 0; i < 40; ++i) ASSERT_EQ(Ask(ChatBody("small", "hi")).status, 200);
  EXPECT_EQ(first_.requests().size(), 3U);
  EXPECT_GE(second_.connections(), 2U) << "both workers were asked: each has a pool of its own";
}

TEST_F(RetryTest, U15AFlappingTargetCostsNoRequestWithOneFallback) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 5, cooldown: 10ms}";
  Start(world);
  std::atomic<uint64_t> coin{1};
  first_.Handle([&coin](const SeenRequest&) {
    const bool up = (coin++ * 0x9E3779B97F4A7C15 >> 63) != 0;
    return up ? Script::Json(ChatReply("ok")) : Script::Json("").CutHeadAt(0, kReset);
  });
  second_.Always(Script::Json(ChatReply("ok")));
  std::atomic<int> good{0};
  InParallel(4, [this, &good] {
    HttpClient client(port());
    for (int i = 0; i < 2500; ++i) {
      client.Send(ChatRequest("small"));
      if (client.ReadAnswer().body == ChatReply("ok")) ++good;
    }
  });
  EXPECT_GE(good, 9990) << "of 10,000";
  EXPECT_GT(first_.requests().size(), 0U) << "it was given its chances";
  EXPECT_GT(second_.requests().size(), 0U) << "and it did flap";
}

}  // namespace
}  // namespace weir::e2e
