#include "net/redis_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/fake_redis_test.h"
#include "net/loopback_test.h"
#include "net/resolver.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;
using Words = FakeRedis::Words;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RedisClientTest : public testing::Test {
 protected:
  void Start() { Start(Target(redis_.port())); }
  void Start(RedisTarget target) {
    client_ = std::make_unique<RedisClient>(
        worker_, pool_, RedisClient::Options{std::move(target), {}, {}},
        RedisClient::Shared{traffic_, outage_}, [this] { ++readies_; });
  }
  static RedisTarget Target(uint16_t port) {
    RedisTarget target;
    target.endpoint = {"127.0.0.1", port, false, ""};
    target.probe_key = "probe";
    return target;
  }
  bool Ready() {
    return PollUntil(worker_, [this] { return client_->ready(); });
  }
  void StartReady() {
    Start();
    ASSERT_TRUE(Ready());
  }
  // Rounds in which what is on its way over loopback arrives; time stands still.
  void Rounds() {
    for (int i = 0; i < 20; ++i) worker_.Poll();
  }
  void Pass(milliseconds time) {
    clock_.Advance(time);
    Rounds();
  }
  // In steps as a loop sees them.
  void PassSlowly(milliseconds time) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(50)) Pass(milliseconds(50));
  }
  static RedisCommand Get(std::string_view key) {
    return {{"GETRANGE", key, "0", "1000"}, Kind::kBytes};
  }
  RedisAnswer Ask(std::string_view key) { return Await(worker_, client_->Ask(Get(key))); }

  FakeClock clock_;
  Worker worker_{0, clock_};
  UpstreamPool pool_{worker_, MakeResolver(), MakeTlsContexts(), {}};
  FakeRedis redis_{worker_};
  RedisTraffic traffic_;
  std::vector<Outage::Line> lines_;
  Outage outage_{clock_, [this](const Outage::Line& line) { lines_.push_back(line); }};
  int readies_ = 0;
  std::unique_ptr<RedisClient> client_;
};

TEST_F(RedisClientTest, GreetsAndAsks) {
  redis_.values["a"] = "1";
  StartReady();
  EXPECT_EQ(redis_.seen(), (std::vector<Words>{{"SET", "probe", "1", "PX", "1000"}}));
  EXPECT_EQ(readies_, 1);
  const RedisAnswer answer = Ask("a");
  EXPECT_TRUE(answer.Is(Kind::kBytes));
  EXPECT_EQ(answer.reply.text, "1");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(RedisClientTest, GreetsWithUserPasswordAndDatabase) {
  RedisTarget target = Target(redis_.port());
  target.password = Secret("pass word");
  Start(target);
  ASSERT_TRUE(Ready());
  EXPECT_EQ(redis_.seen().front(), (Words{"AUTH", "pass word"}));
  target.user = "weir";
  target.database = 3;
  Start(target);
  ASSERT_TRUE(Ready());
  const auto& seen = redis_.seen();
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen[2], (Words{"AUTH", "weir", "pass word"}));
  EXPECT_EQ(seen[3], (Words{"SELECT", "3"}));
}

TEST_F(RedisClientTest, NobodyWaitsForAConnect) {
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

// HARDENING D01, D04, D06.
TEST_F(RedisClientTest, D01ARefusedStartIsToldOnceAndTriedEachSecond) {
  redis_.StopListening();
  Start();
  PassSlowly(seconds(30));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_TRUE(lines_[0].began);
  EXPECT_EQ(lines_[0].why, fmt::format("cannot connect to 127.0.0.1:{}: Connection refused",
                                       redis_.port()));
  redis_.Listen();
  PassSlowly(seconds(2));
  EXPECT_TRUE(client_->ready()) << "two seconds after it is back";
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_FALSE(lines_[1].began);
  EXPECT_EQ(redis_.connections(), 1);
}

// HARDENING D10.
TEST_F(RedisClientTest, D10AGreetingThatIsNotWelcomeIsDown) {
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

TEST_F(RedisClientTest, ThePasswordIsNotRepeated) {
  RedisTarget target = Target(redis_.port());
  target.password = Secret("abc");
  redis_.answer = [](const Words&) {
    return "-ERR unknown command `AUTH`, with args beginning with: `abc`\r\n";
  };
  Start(target);
  Pass(milliseconds(10));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].why, "ERR");
}

TEST_F(RedisClientTest, WhatSaysThatItCannotServeUsEndsIt) {
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

TEST_F(RedisClientTest, FiveFailuresInARowEndItFourDoNot) {
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

TEST_F(RedisClientTest, OneSlowAnswerCostsAConnectionAndNoWarning) {
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

TEST_F(RedisClientTest, FiveSlowAnswersInARowAreAnOutage) {
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

TEST_F(RedisClientTest, ManyAtOnceThatAreSlowAreAnOutageAtOnce) {
  StartReady();
  redis_.hold = true;
  std::list<Running<RedisAnswer>> asking;
  for (int i = 0; i < 50; ++i) asking.emplace_back(client_->Ask(Get("a")));
  Rounds();
  Pass(milliseconds(5));
  for (auto& one : asking) EXPECT_EQ(one.value().end, RedisEnd::kTimeout);
  EXPECT_TRUE(outage_.any());
}

// HARDENING D11: an answer that comes late, and out of step, is nobody's.
TEST_F(RedisClientTest, D11LateAnswersAreNeverTakenForOthers) {
  for (int i = 0; i < 10; ++i) redis_.values[fmt::format("k{}", i)] = fmt::format("v{}", i);
  StartReady();
  for (int i = 0; i < 9; ++i) {
    redis_.hold = true;
    Running<RedisAnswer> late(client_->Ask(Get(fmt::format("k{}", i))));
    Rounds();
    Pass(milliseconds(5));
    EXPECT_EQ(late.value().end, RedisEnd::kTimeout);
    // The late answer is sent before and after the next command, on whatever connection there is.
    redis_.Release();
    Rounds();
    PassSlowly(milliseconds(1'300));
    ASSERT_TRUE(client_->ready());
    const RedisAnswer next = Ask(fmt::format("k{}", i + 1));
    EXPECT_EQ(next.reply.text, fmt::format("v{}", i + 1));
  }
}

TEST_F(RedisClientTest, ASecondAnswerIsNobodysAndEndsTheConnection) {
  redis_.values["a"] = "1";
  redis_.values["b"] = "2";
  StartReady();
  redis_.answer = [this](const Words& words) { return redis_.Usual(words) + redis_.Usual(words); };
  EXPECT_EQ(Ask("a").reply.text, "1");
  Rounds();
  EXPECT_FALSE(client_->ready());
  redis_.answer = [this](const Words& words) { return redis_.Usual(words); };
  PassSlowly(seconds(2));
  EXPECT_EQ(Ask("b").reply.text, "2");
}

// HARDENING C05, for the connection: answers in pieces of every size, none crossed.
TEST_F(RedisClientTest, C05AThousandAtOnceEachGetTheirOwn) {
  StartReady();
  redis_.answer = [](const Words& words) {
    return FakeRedis::Bulk(words[1] + std::string(words[1].size() * 7 % 300, '.'));
  };
  std::list<Running<RedisAnswer>> asking;
  for (int i = 0; i < 1'000; ++i) {
    asking.emplace_back(client_->Ask(Get(fmt::format("nonce-{}-{}", i, i * 7919))));
    if (i % 37 == 0) worker_.Poll();
  }
  ASSERT_TRUE(PollUntil(worker_, [&] { return asking.back().done(); }));
  int i = 0;
  for (auto& one : asking) {
    EXPECT_TRUE(one.value().reply.text.starts_with(fmt::format("nonce-{}-{}", i, i * 7919)));
    ++i;
  }
  EXPECT_EQ(redis_.connections(), 1);
}

// HARDENING D04, D08.
TEST_F(RedisClientTest, D04FlappingMakesNoStormOfConnects) {
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

TEST_F(RedisClientTest, AnIdleConnectionThatIsClosedIsReplacedWithoutAWord) {
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

TEST_F(RedisClientTest, ABusyWorkerLooksAtTheSocketBeforeItGivesUp) {
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

TEST_F(RedisClientTest, EndsWhereverItIs) {
  const BlackHole hole("127.0.0.1");
  Start(Target(hole.port()));
  Rounds();
  client_.reset();  // while it dials

  redis_.hold = true;
  Start();
  ASSERT_TRUE(PollUntil(worker_, [this] { return redis_.connections() == 1; }));
  client_.reset();  // while it greets
  redis_.Release();

  StartReady();
  redis_.hold = true;
  Running<RedisAnswer> asking(client_->Ask(Get("a")));
  Rounds();
  client_.reset();
  worker_.Poll();
  ASSERT_TRUE(asking.done());
  EXPECT_EQ(asking.value().end, RedisEnd::kLost);
  Pass(seconds(10));
}

TEST_F(RedisClientTest, MayEndWhileANameIsLookedUp) {
  auto gate = std::make_shared<std::atomic<bool>>(false);
  UpstreamPool pool(worker_, std::make_shared<Resolver>([gate](const std::string&) {
                      while (!*gate) std::this_thread::yield();
                      return Result<std::vector<Address>>(std::vector{*ParseLiteral("127.0.0.1", 0)});
                    }),
                    MakeTlsContexts(), {});
  RedisTarget target = Target(redis_.port());
  target.endpoint.host = "redis.test";
  auto client = std::make_unique<RedisClient>(worker_, pool, RedisClient::Options{target, {}, {}},
                                              RedisClient::Shared{traffic_, outage_}, [] {});
  Rounds();
  client.reset();
  *gate = true;
  Rounds();
  EXPECT_EQ(redis_.connections(), 0);
}

}  // namespace
}  // namespace weir::net
