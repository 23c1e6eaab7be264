#include "net/redis_connection.h"

#include <gtest/gtest.h>

#include <optional>

#include "testing/fake_clock.h"
#include "testing/memory_stream.h"
#include "testing/poll.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;
using std::chrono::milliseconds;

class WatchedStream final : public MemoryStream {
 public:
  explicit WatchedStream(bool* gone) : gone_(gone) {}
  ~WatchedStream() override { *gone_ = true; }

 private:
  bool* gone_;
};

// A command whose answer the test waits for.
struct Asked {
  Asked() : call([](RedisCall* done) { ++static_cast<Asked*>(done->owner)->times; }, this) {}
  bool Got(std::string_view text) const {
    return times == 1 && call.end == RedisEnd::kAnswered && call.reply.text == text;
  }
  int times = 0;
  RedisCall call;
};

class RedisConnectionTest : public testing::Test, public RedisConnection::Owner {
 protected:
  void SetUp() override { Open({}); }

  void Open(const RedisLimits& limits) {
    connection_.reset();
    auto stream = std::make_unique<WatchedStream>(&closed_);
    stream_ = stream.get();
    closed_ = false;
    connection_ = std::make_unique<RedisConnection>(worker_, std::move(stream), limits, traffic_,
                                                    static_cast<Owner&>(*this));
    worker_.Poll();
  }
  void Answered(const RedisReply& reply) override { answered_.push_back(reply.text); }
  void Ended(size_t unanswered, std::string why) override {
    unanswered_ = unanswered;
    why_ = std::move(why);
  }
  static RedisCommand Get(std::string_view key) { return {{"GET", key}, Kind::kBytes}; }
  bool Send(std::string_view key, Asked* asked) {
    return connection_->Send(Get(key), asked == nullptr ? nullptr : &asked->call);
  }
  // The peer sends, and the connection reads.
  void Feed(std::string bytes) {
    stream_->Feed(std::move(bytes));
    while (!closed_ && stream_->Step()) {
    }
  }
  void Pass(milliseconds time) {
    clock_.Advance(time);
    worker_.Poll();
  }

  FakeClock clock_;
  Worker worker_{0, clock_};
  RedisTraffic traffic_;
  bool closed_ = false;
  WatchedStream* stream_ = nullptr;
  std::vector<std::string> answered_;
  std::optional<size_t> unanswered_;
  std::string why_;
  std::unique_ptr<RedisConnection> connection_;
};

TEST_F(RedisConnectionTest, SendsWhatATurnAsksInOneWrite) {
  Asked a, b;
  ASSERT_TRUE(Send("a", &a));
  ASSERT_TRUE(Send("b", &b));
  EXPECT_EQ(stream_->writes(), 0) << "not before the turn has ended";
  worker_.Poll();
  EXPECT_EQ(stream_->writes(), 1);
  EXPECT_EQ(stream_->written(), std::string(Get("a").bytes()) + std::string(Get("b").bytes()));
  EXPECT_EQ(traffic_.sent_bytes.load(), stream_->written().size());
}

TEST_F(RedisConnectionTest, AnswersComeInTheOrderOfTheirCommands) {
  Asked a, b, c;
  Send("a", &a);
  Send("b", &b);
  worker_.Poll();
  Feed("$1\r\n1\r\n$1\r");
  EXPECT_TRUE(a.Got("1"));
  EXPECT_EQ(b.times, 0);
  Send("c", &c);
  worker_.Poll();
  Feed("\n2\r\n$1\r\n3\r\n");
  EXPECT_TRUE(b.Got("2"));
  EXPECT_TRUE(c.Got("3"));
  EXPECT_EQ(answered_, (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(RedisConnectionTest, AnErrorIsTheAnswerToItsCommandAlone) {
  Asked a, b;
  Send("a", &a);
  Send("b", &b);
  worker_.Poll();
  Feed("-WRONGTYPE x\r\n$1\r\n2\r\n");
  EXPECT_EQ(a.call.reply.kind, Kind::kError);
  EXPECT_TRUE(b.Got("2"));
  EXPECT_EQ(traffic_.errors.load(), 1U);
}

TEST_F(RedisConnectionTest, ACallThatHasGoneKeepsItsPlace) {
  Asked b;
  {
    Asked a;
    Send("a", &a);
    Send("b", &b);
  }
  Send("c", nullptr);
  worker_.Poll();
  Feed("$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n");
  EXPECT_TRUE(b.Got("2"));
  EXPECT_EQ(answered_.size(), 3U);
}

// HARDENING D11.
TEST_F(RedisConnectionTest, D11ALateAnswerEndsTheConnection) {
  Asked a, b;
  Send("a", &a);
  worker_.Poll();
  Pass(milliseconds(2));
  Send("b", &b);
  worker_.Poll();
  Pass(milliseconds(2));
  EXPECT_FALSE(closed_);
  Pass(milliseconds(1));
  EXPECT_TRUE(closed_) << "five milliseconds after the first";
  EXPECT_EQ(a.call.end, RedisEnd::kTimeout);
  EXPECT_EQ(b.call.end, RedisEnd::kLost);
  EXPECT_EQ(a.times + b.times, 2);
  EXPECT_EQ(unanswered_, 2U);
  EXPECT_EQ(traffic_.timeouts.load(), 1U);
  EXPECT_EQ(traffic_.errors.load(), 1U);
  Asked late;
  EXPECT_FALSE(Send("c", &late));
  Pass(milliseconds(50));
  EXPECT_EQ(late.times, 0);
}

TEST_F(RedisConnectionTest, EachCommandHasItsOwnDeadline) {
  Asked a, b;
  Send("a", &a);
  worker_.Poll();
  Pass(milliseconds(4));
  Send("b", &b);
  worker_.Poll();
  Feed("$1\r\n1\r\n");
  Pass(milliseconds(4));
  EXPECT_FALSE(closed_);
  Feed("$1\r\n2\r\n");
  EXPECT_TRUE(b.Got("2"));
  Pass(milliseconds(100));
  EXPECT_FALSE(closed_) << "nothing is asked: nothing is late";
  Asked c;
  Send("c", &c);
  worker_.Poll();
  Pass(milliseconds(4));
  EXPECT_FALSE(closed_);
  Pass(milliseconds(1));
  EXPECT_TRUE(closed_);
}

TEST_F(RedisConnectionTest, TheTimeBeforeItIsWrittenIsTheWorkersOwn) {
  Asked a, b;
  Send("a", &a);
  Pass(milliseconds(20));
  EXPECT_FALSE(closed_) << "a long step of the worker came between";
  EXPECT_EQ(stream_->written(), Get("a").bytes());
  Send("b", &b);
  Pass(milliseconds(4));
  EXPECT_FALSE(closed_);
  Pass(milliseconds(1));
  EXPECT_TRUE(closed_);
  EXPECT_EQ(a.call.end, RedisEnd::kTimeout);
  EXPECT_EQ(b.call.end, RedisEnd::kLost);
}

TEST_F(RedisConnectionTest, APeerThatDoesNotReadIsLateToo) {
  stream_->SetRoom(3);
  Asked a;
  Send("a", &a);
  worker_.Poll();
  Pass(milliseconds(5));
  EXPECT_TRUE(closed_);
  EXPECT_EQ(a.call.end, RedisEnd::kTimeout);
}

TEST_F(RedisConnectionTest, WhatNobodyAskedForEndsIt) {
  Feed("$1\r\n1\r\n");
  EXPECT_TRUE(closed_);
  EXPECT_EQ(unanswered_, 0U);
  EXPECT_EQ(why_, "it sent what nobody had asked for");
}

TEST_F(RedisConnectionTest, AnAnswerOfAnotherKindIsAnotherCommands) {
  for (const std::string_view other : {"+OK\r\n", ":1\r\n", "*0\r\n"}) {
    Open({});
    Asked a, b;
    Send("a", &a);
    Send("b", &b);
    worker_.Poll();
    Feed(std::string(other) + "$1\r\n1\r\n");
    EXPECT_TRUE(closed_);
    EXPECT_EQ(a.call.end, RedisEnd::kLost);
    EXPECT_EQ(b.call.end, RedisEnd::kLost) << "and no one gets what came behind";
  }
}

TEST_F(RedisConnectionTest, EveryEndOfTheStreamLosesWhatIsUnanswered) {
  for (const IoStatus status : {IoStatus::kEof, IoStatus::kReset, IoStatus::kFailed}) {
    Open({});
    Asked a;
    Send("a", &a);
    worker_.Poll();
    stream_->End(status);
    while (!closed_ && stream_->Step()) {
    }
    EXPECT_TRUE(closed_);
    EXPECT_EQ(a.call.end, RedisEnd::kLost);
  }
  EXPECT_EQ(traffic_.errors.load(), 3U);
}

TEST_F(RedisConnectionTest, AWriteThatFailsLosesThem) {
  stream_->FailWrite(0, IoStatus::kReset, 4);
  Asked a;
  Send("a", &a);
  worker_.Poll();
  EXPECT_TRUE(closed_);
  EXPECT_EQ(a.call.end, RedisEnd::kLost);
}

TEST_F(RedisConnectionTest, D10GarbageEndsIt) {
  Asked a;
  Send("a", &a);
  worker_.Poll();
  Feed("HTTP/1.1 200 OK\r\n");
  EXPECT_TRUE(closed_);
  EXPECT_EQ(a.call.end, RedisEnd::kLost);
  EXPECT_EQ(why_, "what it answers is not Redis' protocol");
}

TEST_F(RedisConnectionTest, TheQueueIsBoundedInCommandsAndBytes) {
  Open({.most_commands = 3, .most_unsent = 100});
  const std::string long_key(80, 'x');
  EXPECT_FALSE(Send(std::string(90, 'x'), nullptr));
  EXPECT_TRUE(Send("a", nullptr));
  EXPECT_FALSE(Send(long_key, nullptr)) << "with the other one";
  worker_.Poll();
  EXPECT_TRUE(Send("b", nullptr)) << "what is sent needs no room";
  EXPECT_TRUE(Send("c", nullptr));
  EXPECT_FALSE(Send("d", nullptr)) << "three are unanswered";
  EXPECT_EQ(traffic_.dropped.load(), 3U);
  worker_.Poll();
  Feed("$0\r\n\r\n");
  EXPECT_TRUE(Send("d", nullptr));
}

TEST_F(RedisConnectionTest, ManyCommandsGoOutInPieces) {
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_TRUE(Send(key, nullptr));
    expected += Get(key).bytes();
  }
  worker_.Poll();
  EXPECT_EQ(stream_->written(), expected);
}

TEST_F(RedisConnectionTest, ACallMaySendAgain) {
  struct Again {
    Again(RedisConnection* to) : connection(to), call(&Again::Done, this) {}
    static void Done(RedisCall* done) {
      auto* self = static_cast<Again*>(done->owner);
      if (++self->times < 3) self->connection->Send(Get("again"), &self->call);
    }
    RedisConnection* connection;
    int times = 0;
    RedisCall call;
  } again(connection_.get());
  connection_->Send(Get("first"), &again.call);
  for (int i = 0; i < 3; ++i) {
    worker_.Poll();
    Feed("$1\r\n1\r\n");
  }
  EXPECT_EQ(again.times, 3);
  EXPECT_FALSE(closed_);
}

TEST_F(RedisConnectionTest, ADestroyedConnectionTellsThoseWhoWait) {
  Asked a;
  Send("a", &a);
  connection_.reset();
  EXPECT_EQ(a.times, 1);
  EXPECT_EQ(a.call.end, RedisEnd::kLost);
}

}  // namespace
}  // namespace weir::net
