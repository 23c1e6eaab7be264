#include "net/redis_client.h"

#include "net/redis_client_fixture_test.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;

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

// HARDENING D01, D04, D06.
// HARDENING D10.
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
  UpstreamPool pool(
      worker_, std::make_shared<Resolver>([gate](const std::string&) {
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
