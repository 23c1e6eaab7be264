// What time does to the attempts: limits of a call, pauses between calls, the route's deadline.
#include "gateway/upstream_error.h"
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class ChainTimeTest : public ChainTest {
 protected:
  // Turns the loop without moving the clock: whatever needs no time happens.
  void Settle() {
    for (int i = 0; i < 200; ++i) worker_.Poll();
  }
  void AllHang() {
    for (ScriptedUpstream* each : {&first_, &second_, &third_}) each->Always(Script::Hang());
  }
};

TEST_F(ChainTimeTest, APlainAnswerMayTakeItsFirstByteLimitAndNoLonger) {
  Load({.provider = "retries: 0, timeouts: {first_byte: 20s, first_token: 1s}"});
  first_.Always(Script::Hang());
  second_.Always(Script::Json(ChatReply("ok")));
  auto run = Start();
  ASSERT_TRUE(Asked(first_, 1));
  Pass(milliseconds(19'999));
  Settle();
  EXPECT_FALSE(run->done());
  Pass(milliseconds(1));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:first_byte_timeout middle:ok");
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 1);
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5))) << "its connection is not reused";
}

TEST_F(ChainTimeTest, AStreamsFirstTokenLimitIsNotResetByCommentsOrTheHead) {
  Load({.provider = "retries: 0, timeouts: {first_byte: 1s, first_token: 20s, idle: 1s}"});
  const std::string comments = ": waiting\n\n: waiting\n\n";
  first_.Always(Script::Stream(comments + RoleEvent() + WholeStream("late"))
                    .CutAt(comments.size() + RoleEvent().size(), Script::Ending::kHang));
  second_.Always(Script::Stream(WholeStream("ok")));
  auto run = Start("small", true);
  ASSERT_TRUE(Asked(first_, 1));
  Pass(milliseconds(19'000));
  Settle();
  EXPECT_FALSE(run->done()) << "neither first_byte nor idle bounds the wait for a first token";
  Pass(milliseconds(1'000));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:first_token_timeout middle:ok");
}

TEST_F(ChainTimeTest, TheTotalLimitBoundsABodyThatTrickles) {
  Load({.provider = "retries: 0, timeouts: {total: 5s}"});
  first_.Always(Script::Json(ChatReply("slow")).CutAt(20, Script::Ending::kHang));
  second_.Always(Script::Json(ChatReply("ok")));
  auto run = Start();
  ASSERT_TRUE(Asked(first_, 1));
  Settle();
  Pass(seconds(5));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:total_timeout middle:ok");
}

TEST_F(ChainTimeTest, ARefusedConnectionIsANextCandidateAtOnce) {
  const RefusingPort closed;
  Load({.first_url = closed.Url()});
  second_.Always(Script::Json(ChatReply("ok")));
  auto run = Run();
  EXPECT_EQ(run->Story(), "small:upstream_connect middle:ok");
}

TEST_F(ChainTimeTest, TheRoutesDeadlineEndsTheRunningAttemptAndTheChain) {
  Load();
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Hang());
  auto run = Start("small", false, seconds(30));
  ASSERT_TRUE(Asked(second_, 1));
  Pass(seconds(30));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().reason, Reason::kDeadline);
  EXPECT_EQ(run->answer().error().status(), 504);
  EXPECT_EQ(run->Story(), "small:upstream_status middle:deadline");
  EXPECT_EQ(third_.requests().size(), 0U);
  EXPECT_EQ(BreakerOf("middle").consecutive_failures(), 0) << "the route's haste is not its fault";
}

TEST_F(ChainTimeTest, ARetryOfTheSameTargetWaitsABitAndNotTheSameForAll) {
  std::set<int64_t> waits;
  for (int i = 0; i < 12; ++i) {
    Load({.provider = "retries: 1"});
    const size_t before = first_.requests().size();
    first_.Enqueue(Script::Json("", 503));
    first_.Enqueue(Script::Json(ChatReply("again")));
    auto run = Start();
    ASSERT_TRUE(Asked(first_, before + 1));
    ASSERT_TRUE(Until([&] { return run->chain().attempts().size() == 1; }));
    for (int ms = 0; ms < 101; ++ms) Pass(milliseconds(1));
    ASSERT_TRUE(Until([&] { return run->done(); }));
    EXPECT_EQ(run->Story(), "small:upstream_status small:ok");
    waits.insert(run->chain().attempts().at(1).started_us / 1000);
  }
  EXPECT_GE(*waits.begin(), 50);
  EXPECT_LE(*waits.rbegin(), 101);
  EXPECT_GT(waits.size(), 1U) << "without jitter all clients would come back together";
}

TEST_F(ChainTimeTest, ARetryObeysRetryAfterWhenThatIsShort) {
  Load({.provider = "retries: 1"});
  first_.Enqueue(Script::Json("", 503).WithHeader("retry-after", "1"));
  first_.Enqueue(Script::Json(ChatReply("again")));
  auto run = Start();
  ASSERT_TRUE(Until([&] { return run->chain().attempts().size() == 1; }));
  Pass(milliseconds(999));
  Settle();
  EXPECT_EQ(first_.requests().size(), 1U);
  Pass(milliseconds(1));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:upstream_status small:ok");
}

TEST_F(ChainTimeTest, ALongRetryAfterGoesOnAtOnceAndRestsTheTarget) {
  Load({.provider = "retries: 3"});
  first_.Always(Script::Json("", 503).WithHeader("retry-after", "30"));
  second_.Always(Script::Json(ChatReply("ok")));
  EXPECT_EQ(Run()->Story(), "small:upstream_status middle:ok");
  EXPECT_EQ(Run()->Story(), "middle:ok") << "not before its time";
  clock_.Advance(seconds(30));
  first_.Always(Script::Json(ChatReply("back")));
  EXPECT_EQ(Run()->Story(), "small:ok");
}

TEST_F(ChainTimeTest, AClientThatLeavesInThePauseEndsTheChain) {
  Load({.provider = "retries: 1"});
  first_.Enqueue(Script::Json("", 503).WithHeader("retry-after", "2"));
  auto run = Start();
  ASSERT_TRUE(Until([&] { return run->chain().attempts().size() == 1; }));
  run->cancel().Cancel();
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->answer().error().reason, Reason::kClientGone);
  EXPECT_EQ(second_.requests().size(), 0U);
}

TEST_F(ChainTimeTest, NoRetryThatWouldOutliveTheDeadline) {
  Load({.provider = "retries: 1"});
  first_.Always(Script::Json("", 503).WithHeader("retry-after", "2"));
  second_.Always(Script::Json(ChatReply("ok")));
  auto run = Start("small", false, seconds(1));
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:upstream_status middle:ok");
}

TEST(RetryAfterTest, SecondsDatesAndJunk) {
  const WallMicros now = 1'764'000'000'000'000;  // 2025-11-24T16:00:00Z
  const std::pair<const char*, milliseconds> kRows[] = {
      {"7", seconds(7)},
      {" 7 ", seconds(7)},
      {"0", seconds(0)},
      {"59", seconds(59)},
      {"1000000000", kMaxRetryAfter},
      {"99999999999999999999999", seconds(0)},
      {"-5", seconds(0)},
      {"1.5", seconds(0)},
      {"soon", seconds(0)},
      {"", seconds(0)},
      {"Mon, 24 Nov 2025 16:00:09 GMT", seconds(9)},
      {"Mon, 24 Nov 2025 15:59:09 GMT", seconds(0)},
      {"Mon, 24 Nov 2099 16:00:09 GMT", kMaxRetryAfter},
  };
  for (const auto& [text, wait] : kRows) EXPECT_EQ(ParseRetryAfter(text, now), wait) << text;
  EXPECT_EQ(ParseRetryAfter(std::nullopt, now), seconds(0));
}

// Providers bill what they were working on when it was broken off; nobody told what it was.
TEST_F(ChainTimeTest, WhatWasBrokenOffIsBookedAsAnEstimate) {
  Load({.provider = "retries: 0, timeouts: {first_byte: 2s}"});
  first_.Always(Script::Hang());
  second_.Always(Script::Hang());
  auto run = Start();
  ASSERT_TRUE(Asked(first_, 1));
  Pass(seconds(2));
  ASSERT_TRUE(Asked(second_, 1));
  run->cancel().Cancel();
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:first_byte_timeout middle:client_gone");
  for (const ledger::Attempt& attempt : run->chain().attempts()) {
    EXPECT_TRUE(attempt.tokens.estimated) << attempt.model;
    EXPECT_GT(attempt.tokens.prompt, 0);
    EXPECT_EQ(attempt.tokens.completion, 0);
    EXPECT_TRUE(attempt.priced);
    EXPECT_EQ(attempt.cost.nano, attempt.tokens.prompt * 1'000);
  }
}

TEST_F(ChainTimeTest, ABodyThatIsCutIsBookedAndWhatWasRefusedIsNot) {
  Load({.limits = "max_attempts: 4"});
  first_.Always(Script::Json(ChatReply("slow")).CutAt(20, Script::Ending::kClose));
  second_.Always(Script::Json(ErrorReply("busy"), 500));
  third_.Always(Script::Json(ErrorReply("wait"), 429));
  auto run = Start();
  ASSERT_TRUE(Until([&] { return run->done(); }));
  ASSERT_EQ(run->chain().attempts().size(), 3u) << run->Story();
  EXPECT_TRUE(run->chain().attempts()[0].tokens.estimated) << run->Story();
  EXPECT_GT(run->chain().attempts()[0].cost.nano, 0);
  for (size_t i : {1, 2}) {
    EXPECT_EQ(run->chain().attempts()[i].tokens, ledger::Tokens()) << run->Story();
    EXPECT_EQ(run->chain().attempts()[i].cost.nano, 0);
  }
}

TEST_F(ChainTimeTest, AnAnswerThatShouldHaveBeenAStreamIsBookedAsItSays) {
  Load();
  first_.Always(Script::Json(ChatReply("not a stream")));
  second_.Always(Script::Stream(WholeStream("ok")));
  auto run = Start("small", true);
  ASSERT_TRUE(Until([&] { return run->done(); }));
  EXPECT_EQ(run->Story(), "small:upstream_bad_answer middle:ok");
  EXPECT_EQ(run->chain().attempts()[0].tokens.prompt, 10);
  EXPECT_EQ(run->chain().attempts()[0].cost.nano, 10 * 1'000 + 5 * 2'000);
}
}  // namespace
}  // namespace weir::gateway
