// When the client goes without Redis, and when it is back (HARDENING D).
#include "net/redis_client.h"
#include "net/redis_client_fixture_test.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;

class RedisBreakerTest : public RedisClientTest {};

TEST_F(RedisBreakerTest, NobodyWaitsForAConnect) {
  const BlackHole hole("127.0.0.1");
  Start(Target(hole.port()));
  Rounds();
  Running<RedisAnswer> asking(client_->Ask(Get("a")));
  ASSERT_TRUE(asking.done()) << "at once";
  EXPECT_EQ(asking.value().end, RedisEnd::kNotSent);
  EXPECT_FALSE(client_->Send(Get("a"), nullptr));
  Pass(seconds(1));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].why, fmt::format("no answer from 127.0.0.1:{} in time", hole.port()));
}

TEST_F(RedisBreakerTest, D01ARefusedStartIsToldOnceAndTriedEachSecond) {
  redis_.StopListening();
  Start();
  PassSlowly(seconds(30));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_TRUE(lines_[0].began);
  EXPECT_EQ(lines_[0].why,
            fmt::format("cannot connect to 127.0.0.1:{}: Connection refused", redis_.port()));
  redis_.Listen();
  PassSlowly(seconds(2));
  EXPECT_TRUE(client_->ready()) << "two seconds after it is back";
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_FALSE(lines_[1].began);
  EXPECT_EQ(redis_.connections(), 1);
}

TEST_F(RedisBreakerTest, D10AGreetingThatIsNotWelcomeIsDown) {
  const std::pair<std::string, std::string> bad[] = {
      {"-WRONGPASS invalid username-password pair\r\n", "WRONGPASS invalid username-password pair"},
      {"-NOAUTH Authentication required.\r\n", "NOAUTH Authentication required."},
      {"-ERR DB index is out of range\r\n", "ERR DB index is out of range"},
      {"-READONLY You can't write against a read only replica.\r\n",
       "READONLY You can't write against a read only replica."},
      {"-OOM command not allowed\r\n", "OOM command not allowed"},
      {"-MOVED 3999 127.0.0.1:6381\r\n", "MOVED 3999 127.0.0.1:6381"},
      {"-LOADING Redis is loading\r\n", "LOADING Redis is loading"},
      {"$2147483647\r\n", "too large an answer"},
      {":1\r\n", "it sent another kind of answer than was asked for"},
      {"*1\r\n*1\r\n*1\r\n*1\r\n", "too large an answer"},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "what it answers is not Redis' protocol"},
      {"", "it does not answer in time"},
  };
  for (const auto& [answer, why] : bad) {
    lines_.clear();
    clock_.Advance(seconds(60));
    redis_.answer = [&answer](const Words&) { return answer; };
    const int before = redis_.connections();
    Start();
    PassSlowly(seconds(10));
    EXPECT_FALSE(client_->ready()) << why;
    ASSERT_FALSE(lines_.empty()) << why;
    EXPECT_EQ(lines_.back().why, why);
    EXPECT_LE(lines_.size(), 1U) << why;
    EXPECT_LE(redis_.connections() - before, 10) << why;
    EXPECT_GE(redis_.connections() - before, 7) << why;
    redis_.answer = [this](const Words& words) { return redis_.Usual(words); };
    PassSlowly(seconds(2));
    EXPECT_TRUE(client_->ready()) << why;
  }
}

TEST_F(RedisBreakerTest, WhatSaysThatItCannotServeUsEndsIt) {
  for (const std::string_view code :
       {"NOAUTH x", "READONLY x", "OOM x", "MOVED 1 b:1", "LOADING x", "NOPERM x", "CLUSTERDOWN"}) {
    Start();
    clock_.Advance(seconds(60));
    ASSERT_TRUE(Ready()) << code;
    lines_.clear();
    redis_.answer = [code](const Words&) { return fmt::format("-{}\r\n", code); };
    const RedisAnswer answer = Ask("a");
    EXPECT_TRUE(answer.Is(Kind::kError));
    EXPECT_FALSE(client_->ready()) << code;
    ASSERT_EQ(lines_.size(), 1U) << code;
    EXPECT_EQ(lines_[0].why, code);
    redis_.answer = [this](const Words& words) { return redis_.Usual(words); };
    PassSlowly(seconds(2));
    EXPECT_TRUE(client_->ready());
    PassSlowly(seconds(10));
    EXPECT_EQ(lines_.size(), 2U) << "that it is back is told ten seconds after the former line";
  }
}

TEST_F(RedisBreakerTest, FiveFailuresInARowEndItFourDoNot) {
  StartReady();
  const auto fail = [](const Words&) { return "-ERR unknown command\r\n"; };
  const auto usual = [this](const Words& words) { return redis_.Usual(words); };
  for (int round = 0; round < 3; ++round) {
    redis_.answer = fail;
    for (int i = 0; i < 4; ++i) Ask("a");
    redis_.answer = usual;
    EXPECT_TRUE(Ask("a").Is(Kind::kBytes)) << "one success is enough";
  }
  redis_.answer = [](const Words&) { return "-WRONGTYPE x\r\n"; };
  for (int i = 0; i < 9; ++i) Ask("a");
  EXPECT_TRUE(client_->ready()) << "that is the value's fault";
  redis_.answer = fail;
  for (int i = 0; i < 5; ++i) Ask("a");
  EXPECT_FALSE(client_->ready());
  EXPECT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_.back().why, "ERR unknown command");
}

TEST_F(RedisBreakerTest, OneSlowAnswerCostsAConnectionAndNoWarning) {
  StartReady();
  clock_.Advance(seconds(5));
  redis_.hold = true;
  Running<RedisAnswer> asking(client_->Ask(Get("a")));
  Rounds();
  EXPECT_FALSE(asking.done());
  Pass(milliseconds(5));
  ASSERT_TRUE(asking.done());
  EXPECT_EQ(asking.value().end, RedisEnd::kTimeout);
  EXPECT_FALSE(client_->ready());
  redis_.hold = false;
  PassSlowly(milliseconds(300));
  EXPECT_TRUE(client_->ready()) << "the last connect was long ago";
  EXPECT_EQ(redis_.connections(), 2);
  EXPECT_TRUE(lines_.empty());
  EXPECT_EQ(traffic_.timeouts.load(), 1U);
}

TEST_F(RedisBreakerTest, FiveSlowAnswersInARowAreAnOutage) {
  StartReady();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(lines_.empty());
    redis_.answer = [this](const Words& words) {
      return words[0] == "SET" ? redis_.Usual(words) : "";
    };
    Running<RedisAnswer> asking(client_->Ask(Get("a")));
    Rounds();
    Pass(milliseconds(5));
    EXPECT_EQ(asking.value().end, RedisEnd::kTimeout);
    if (i < 4) {
      PassSlowly(milliseconds(1'250));
      ASSERT_TRUE(client_->ready()) << i;
    }
  }
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].why, "it does not answer in time");
}

TEST_F(RedisBreakerTest, ManyAtOnceThatAreSlowAreAnOutageAtOnce) {
  StartReady();
  redis_.hold = true;
  std::list<Running<RedisAnswer>> asking;
  for (int i = 0; i < 50; ++i) asking.emplace_back(client_->Ask(Get("a")));
  Rounds();
  Pass(milliseconds(5));
  for (auto& one : asking) EXPECT_EQ(one.value().end, RedisEnd::kTimeout);
  EXPECT_TRUE(outage_.any());
}

TEST_F(RedisBreakerTest, D04FlappingMakesNoStormOfConnects) {
  Start();
  std::vector<SteadyTime> connects;
  for (int tick = 0; tick < 60 * 20; ++tick) {
    Pass(milliseconds(50));
    if (redis_.connections() > static_cast<int>(connects.size())) {
      connects.push_back(clock_.Steady());
    }
    if (client_->ready()) redis_.HangUp();
  }
  EXPECT_EQ(static_cast<int>(connects.size()), redis_.connections());
  EXPECT_LE(connects.size(), 60U);
  EXPECT_GE(connects.size(), 45U);
  for (size_t i = 1; i < connects.size(); ++i) {
    EXPECT_GE(connects[i] - connects[i - 1], milliseconds(950));
  }
  EXPECT_LE(lines_.size(), 6U);
}

TEST_F(RedisBreakerTest, AnIdleConnectionThatIsClosedIsReplacedWithoutAWord) {
  StartReady();
  clock_.Advance(seconds(300));
  redis_.HangUp();
  Rounds();
  EXPECT_FALSE(client_->ready());
  PassSlowly(milliseconds(300));
  EXPECT_TRUE(client_->ready());
  EXPECT_EQ(readies_, 2);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(RedisBreakerTest, ABusyWorkerLooksAtTheSocketBeforeItGivesUp) {
  redis_.values["a"] = "1";
  StartReady();
  Running<RedisAnswer> asking(client_->Ask(Get("a")));
  // Sent and answered, but the worker was away for longer than the deadline.
  redis_.hold = true;
  Rounds();
  redis_.Release();
  Pass(milliseconds(20));
  ASSERT_TRUE(asking.done());
  EXPECT_EQ(asking.value().reply.text, "1");
  EXPECT_TRUE(client_->ready());
}

}  // namespace
}  // namespace weir::net
