// The shared store over a scripted Redis on loopback.
#include "cache/redis_store.h"

#include <random>

#include "cache/redis_world_for_test.h"
#include "cache/stored_answer.h"
#include "net/fake_redis_test.h"

namespace weir::cache {
namespace {

using net::FakeRedis;
using Words = FakeRedis::Words;

class RedisStoreTest : public RedisWorld {
 protected:
  void SetUp() override { OpenReady(redis_.port()); }
  FakeRedis redis_{worker_};
};

TEST_F(RedisStoreTest, GivesWhatWasPutUntilItExpires) {
  EXPECT_EQ(BodyOf("one"), "(none)");
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  const Words& set = redis_.seen()[2];
  EXPECT_EQ(set[0], "SET");
  EXPECT_EQ(set[1], NameOf("one"));
  EXPECT_EQ((Words{set[3], set[4]}), (Words{"PX", "60000"})) << "and Redis forgets it as well";
  clock_.Advance(milliseconds(59'999));
  EXPECT_EQ(Find("one").left, milliseconds(1));
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(BodyOf("one"), "(none)");
  const RedisFigures figures = shared_->figures();
  EXPECT_EQ(figures.hits, 2U);
  EXPECT_EQ(figures.misses, 2U);
  EXPECT_EQ(figures.stored, 1U);
  EXPECT_EQ(figures.corrupt, 0U);
}

TEST_F(RedisStoreTest, WithoutAConnectionItAnswersAtOnce) {
  redis_.StopListening();
  redis_.HangUp();
  Rounds();
  Running<Found> finding(store_->Find(TestKey(keys_, "one").view()));
  ASSERT_TRUE(finding.done()) << "without a turn of the loop";
  EXPECT_EQ(finding.value().answer, nullptr);
  Put("one", "1");
  EXPECT_EQ(shared_->figures().unasked, 1U);
  EXPECT_EQ(shared_->figures().stored, 0U);
  EXPECT_FALSE(shared_->down()) << "not yet known";
  Pass(seconds(2));
  EXPECT_TRUE(shared_->down());
  clock_.Advance(seconds(5));
  EXPECT_GE(shared_->figures().down_time, seconds(5));
}

// HARDENING D03.
TEST_F(RedisStoreTest, D03ASlowRedisCostsFiveMillisecondsOnce) {
  redis_.hold = true;
  Running<Found> first(store_->Find(TestKey(keys_, "one").view()));
  Rounds();
  EXPECT_FALSE(first.done());
  clock_.Advance(milliseconds(5));
  worker_.Poll();
  ASSERT_TRUE(first.done());
  EXPECT_EQ(first.value().answer, nullptr);
  for (int i = 0; i < 100; ++i) {
    Running<Found> next(store_->Find(TestKey(keys_, "one").view()));
    EXPECT_TRUE(next.done()) << "and nobody else";
  }
  EXPECT_EQ(shared_->figures().timeouts, 1U);
}

TEST_F(RedisStoreTest, WhatIsTooLargeIsNotShared) {
  Put("one", std::string(RedisStore::kMostBody + 1, 'x'));
  Put(std::string(RedisStore::kMostRequest + 1, 'x'), "1");
  EXPECT_EQ(BodyOf(std::string(RedisStore::kMostRequest + 1, 'x')), "(none)");
  Rounds();
  EXPECT_EQ(redis_.seen().size(), 1U) << "the greeting";
  EXPECT_EQ(shared_->figures().too_large, 2U);
  // The largest that is: with all its texts and paces.
  Answer large;
  large.body.assign(RedisStore::kMostBody, 'x');
  large.origin.model = large.origin.tier = large.origin.reason = large.origin.fallback =
      std::string(1'000, 'm');
  for (uint32_t i = 0; i < 4'096; ++i) large.pace.push_back({i, i});
  store_->Put(TestKey(keys_, "one").Kept(), std::make_shared<const Answer>(large), seconds(60));
  const Found found = Find("one");
  ASSERT_NE(found.answer, nullptr);
  EXPECT_EQ(found.answer->body, large.body);
  EXPECT_EQ(found.answer->pace, large.pace);
}

TEST_F(RedisStoreTest, PutsArePipelinedAndBounded) {
  const AnswerPtr answer = AnswerOf(std::string(1 << 20, 'x'));
  for (int i = 0; i < 20; ++i) {
    store_->Put(TestKey(keys_, fmt::format("{}", i)).Kept(), answer, seconds(60));
  }
  const RedisFigures figures = shared_->figures();
  EXPECT_EQ(figures.stored, 7U) << "8 MiB may wait";
  EXPECT_EQ(figures.dropped, 13U);
}

TEST_F(RedisStoreTest, NothingIsKeptForNoTime) {
  Put("one", "1", {}, milliseconds(0));
  Put("one", "1", {}, milliseconds(-5));
  Rounds();
  EXPECT_EQ(redis_.seen().size(), 1U);
}

// HARDENING C05, D11: what is another request's is not given, and the connection is not believed.
TEST_F(RedisStoreTest, D11TheAnswerToAnotherRequestIsSeen) {
  Put("one", "1");
  Put("two", "2");
  Rounds();
  std::swap(redis_.values[NameOf("one")], redis_.values[NameOf("two")]);
  EXPECT_EQ(BodyOf("one"), "(none)");
  EXPECT_EQ(shared_->figures().corrupt, 1U);
  EXPECT_FALSE(store_->ready());
}

// The same under everything that a bad day brings: late answers, cuts, and answers that belong to
// nobody, over 40 seconds.
TEST_F(RedisStoreTest, C05NothingIsCrossedWhateverHappens) {
  std::mt19937 random(7);
  std::list<std::pair<int, Running<Found>>> finding;
  std::list<TestKey> keys;
  int found = 0, crossed = 0;
  const auto value = [](int i) { return fmt::format("nonce {}", i * 7919); };
  for (int step = 0; step < 8'000; ++step) {
    const int i = static_cast<int>(random() % 100);
    keys.emplace_back(keys_, fmt::format("{}", i));
    if (random() % 3 == 0) {
      store_->Put(keys.back().Kept(), AnswerOf(value(i)), seconds(600));
    } else {
      finding.emplace_back(std::piecewise_construct, std::tuple(i),
                           std::tuple(store_->Find(keys.back().view())));
    }
    if (random() % 4 == 0) worker_.Poll();
    if (random() % 50 == 0) redis_.hold = true;
    if (random() % 25 == 0) redis_.Release();
    if (random() % 900 == 0) redis_.HangUp();
    if (random() % 900 == 0) redis_.Say(FakeRedis::Bulk("late"));
    if (random() % 900 == 0) redis_.Say("+OK\r\n");
    clock_.Advance(std::chrono::milliseconds(random() % 11));
  }
  redis_.Release();
  Pass(seconds(1));
  for (auto& [i, one] : finding) {
    ASSERT_TRUE(one.done());
    if (one.value().answer == nullptr) continue;
    ++found;
    crossed += one.value().answer->body == value(i) ? 0 : 1;
  }
  EXPECT_EQ(crossed, 0);
  EXPECT_GT(found, 500) << "it is of some use all the same";
  EXPECT_GT(shared_->figures().timeouts, 20U);
}

TEST_F(RedisStoreTest, C10WhatIsNoAnswerIsAMissAndCounted) {
  Put("one", "1");
  Rounds();
  const std::string good = redis_.values[NameOf("one")];
  std::string old = good;
  old[2] = 0;
  uint64_t corrupt = 0;
  for (const std::string& bad : {old, good.substr(0, good.size() - 1), good + "x",
                                 std::string("null"), std::string(2 << 20, 'x')}) {
    redis_.values[NameOf("one")] = bad;
    EXPECT_EQ(BodyOf("one"), "(none)");
    EXPECT_EQ(shared_->figures().corrupt, ++corrupt);
    EXPECT_TRUE(store_->ready()) << "that is the value's fault alone";
  }
  redis_.values[NameOf("one")] = good;
  EXPECT_EQ(BodyOf("one"), "1");
}

class RedisPurgeTest : public RedisStoreTest {
 protected:
  void SetUp() override {
    RedisStoreTest::SetUp();
    redis_.answer = [this](const Words& words) { return Answer(words); };
  }
  // One name a SCAN.
  std::string Answer(const Words& words) {
    if (words[0] == "UNLINK") {
      return fmt::format(":{}\r\n", redis_.values.erase(words[1]));
    }
    if (words[0] != "SCAN") return redis_.Usual(words);
    auto at = words[1] == "0" ? redis_.values.begin() : redis_.values.find(last_);
    if (at == redis_.values.end()) return "*2\r\n$1\r\n0\r\n*0\r\n";
    const std::string name = at->first;
    ++at;
    last_ = at == redis_.values.end() ? "" : at->first;
    const std::string cursor = last_.empty() ? "0" : "1";
    if (!name.starts_with("weir:answer")) return "*2\r\n$1\r\n" + cursor + "\r\n*0\r\n";
    return "*2\r\n$1\r\n" + cursor + "\r\n*1\r\n" + FakeRedis::Bulk(name);
  }
  void PutThree() {
    for (const char* body : {"1", "2", "3"}) Put(body, body);
    Rounds();
  }
  std::string last_;
};

TEST_F(RedisPurgeTest, TakesAwayInSteps) {
  PutThree();
  store_->Purge({});
  EXPECT_EQ(shared_->figures().purges_unfinished, 1U);
  ASSERT_TRUE(PurgeDone());
  EXPECT_EQ(shared_->figures().purged, 3U);
  EXPECT_EQ(redis_.values.size(), 1U) << "the greeting's";
  EXPECT_TRUE(store_->ready());
}

// HARDENING C15: from the first moment on, whatever Redis still has.
TEST_F(RedisPurgeTest, C15WhatIsPurgedIsHiddenBeforeItIsGone) {
  PutThree();
  redis_.answer = [this](const Words& words) {
    return words[0] == "SCAN" ? "-ERR not now\r\n" : Answer(words);
  };
  store_->Purge({});
  EXPECT_EQ(BodyOf("1"), "(none)");
  clock_.Advance(milliseconds(1));
  Put("1", "new");
  EXPECT_EQ(BodyOf("1"), "new") << "what came after it is given";
  Rounds();
  EXPECT_EQ(shared_->figures().purges_unfinished, 1U) << "given up after three refusals";
  EXPECT_EQ(BodyOf("2"), "(none)") << "and hidden for good";
}

TEST_F(RedisPurgeTest, AnOutageOnlyDelaysIt) {
  PutThree();
  redis_.StopListening();
  redis_.HangUp();
  Pass(seconds(1));
  store_->Purge({{}, Sha256("nobody")});
  store_->Purge({});
  Pass(seconds(5));
  EXPECT_EQ(shared_->figures().purges_unfinished, 2U);
  redis_.Listen();
  ASSERT_TRUE(ReadyWithin(seconds(2)));
  EXPECT_EQ(BodyOf("1"), "(none)");
  ASSERT_TRUE(PurgeDone());
  EXPECT_EQ(redis_.values.size(), 1U);
}

TEST_F(RedisPurgeTest, BeginsAnewWhenItsConnectionIsLost) {
  PutThree();
  int scans = 0;
  redis_.answer = [&](const Words& words) -> std::string {
    if (words[0] == "SCAN" && ++scans == 2) return "garbage\r\n";
    return Answer(words);
  };
  store_->Purge({});
  Rounds();
  EXPECT_FALSE(store_->ready());
  ASSERT_TRUE(ReadyWithin(seconds(2)));
  ASSERT_TRUE(PurgeDone());
  EXPECT_EQ(redis_.values.size(), 1U);
}

TEST_F(RedisPurgeTest, OddAnswersToAScanAreNotBelieved) {
  PutThree();
  for (const std::string_view odd :
       {"*0\r\n", "*2\r\n:0\r\n*0\r\n", "*2\r\n$1\r\n0\r\n$1\r\na\r\n", "*1\r\n$1\r\n0\r\n"}) {
    redis_.answer = [&](const Words& words) {
      return words[0] == "SCAN" ? std::string(odd) : Answer(words);
    };
    OpenReady(redis_.port());
    store_->Purge({});
    Rounds();
    EXPECT_FALSE(store_->ready()) << odd;
    Pass(seconds(4));
    EXPECT_TRUE(store_->ready()) << "a purge that cannot be done is given up";
    EXPECT_EQ(BodyOf("1"), "(none)");
  }
}

TEST_F(RedisPurgeTest, TheStoreMayEndInTheMiddle) {
  PutThree();
  redis_.hold = true;
  store_->Purge({});
  Rounds();
  store_.reset();
  Rounds();
}

}  // namespace
}  // namespace weir::cache
