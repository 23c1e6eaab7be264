#include "gateway/conversations.h"

#include <gtest/gtest.h>

#include <thread>

#include "testing/fake_clock.h"

namespace weir::gateway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

ConversationNames Thread(uint64_t n) {
  return {ConversationId{n, n}, {}};
}
ConversationNames InSession(uint64_t thread, uint64_t session) {
  return {ConversationId{thread, thread}, ConversationId{session, session}};
}
Turned By(std::string_view model, int64_t prompt = 1'000, int64_t cached = 0) {
  return {model, "simple", 0.25, prompt, cached, 100, false, 3};
}

class ConversationsTest : public ::testing::Test {
 protected:
  std::optional<route::Conversation> Find(const ConversationNames& names,
                                          std::chrono::milliseconds ttl = hours(1)) {
    return all_.Find(names, clock_.Steady(), ttl);
  }
  std::string ModelOf(const ConversationNames& names) {
    const auto known = Find(names);
    return known ? known->model : "";
  }
  void Note(const ConversationNames& names, const Turned& turned) {
    all_.Note(names, turned, clock_.Steady());
  }
  FakeClock clock_;
  Conversations all_;
};

TEST_F(ConversationsTest, WhatWasNotedIsFoundWithItsAge) {
  EXPECT_FALSE(Find(Thread(1)));
  Note(Thread(1), By("sim/a"));
  clock_.Advance(seconds(7));
  const auto known = Find(Thread(1));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->model, "sim/a");
  EXPECT_EQ(known->tier, "simple");
  EXPECT_EQ(known->score, 0.25);
  EXPECT_EQ(known->age, seconds(7));
  EXPECT_EQ(known->seen_tokens, 1'100);
  EXPECT_EQ(known->tool_calls, 3);
  EXPECT_TRUE(known->same_opening);
  EXPECT_EQ(known->cached_share, 1);
  EXPECT_FALSE(Find(Thread(2)));
  EXPECT_FALSE(Find({}));
}

TEST_F(ConversationsTest, WhatIsTooOldIsForgotten) {
  Note(Thread(1), By("sim/a"));
  clock_.Advance(minutes(59));
  EXPECT_TRUE(Find(Thread(1)));
  clock_.Advance(minutes(1));
  EXPECT_FALSE(Find(Thread(1)));
  EXPECT_EQ(all_.figures().entries, 0U);
  EXPECT_EQ(all_.figures().bytes, 0U);
}

TEST_F(ConversationsTest, ASessionsThreadsAreApartAndANewOneKnowsTheSession) {
  Note(InSession(1, 9), By("sim/main"));
  Note(InSession(2, 9), By("sim/sub"));
  EXPECT_EQ(ModelOf(InSession(1, 9)), "sim/main");
  EXPECT_EQ(ModelOf(InSession(2, 9)), "sim/sub");
  const auto other = Find(InSession(3, 9));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->model, "sim/sub");
  EXPECT_FALSE(other->same_opening) << "nothing of it is warm";
  EXPECT_FALSE(Find(InSession(3, 8)));
}

TEST_F(ConversationsTest, TheCachedShareFollowsWhatProvidersSay) {
  const auto share = [&] { return Find(Thread(1))->cached_share; };
  Note(Thread(1), By("sim/a", 1'000));  // seen: 1,100
  Note(Thread(1), By("sim/a", 1'200, 1'100));
  EXPECT_EQ(share(), 1);
  Note(Thread(1), By("sim/a", 1'400, 0));
  EXPECT_EQ(share(), 0.5);
  Note(Thread(1), By("sim/a", 1'600, 5'000));
  EXPECT_EQ(share(), 0.75) << "no more than all of it";
  clock_.Advance(minutes(6));
  Note(Thread(1), By("sim/a", 1'800, 0));
  EXPECT_EQ(share(), 0.75) << "it was not warm: that says nothing";
  Note(Thread(1), By("sim/b", 1'800, 0));
  EXPECT_EQ(share(), 1) << "another model's cache is not known yet";
}

TEST_F(ConversationsTest, TheOldestLeaveFirst) {
  Conversations few(16 * 2, 1 << 20);
  for (uint64_t i = 0; i < 3; ++i) few.Note(Thread(16 * i), By("sim/a"), clock_.Steady());
  few.Note(Thread(16), By("sim/a"), clock_.Steady());
  few.Note(Thread(16 * 3), By("sim/a"), clock_.Steady());
  const auto knows = [&](uint64_t n) {
    return few.Find(Thread(n), clock_.Steady(), hours(1)).has_value();
  };
  EXPECT_FALSE(knows(0));
  EXPECT_TRUE(knows(16)) << "answered again since";
  EXPECT_FALSE(knows(32));
  EXPECT_TRUE(knows(48));
  EXPECT_EQ(few.figures().entries, 2U);
  EXPECT_EQ(few.figures().evictions, 2U);
  EXPECT_EQ(few.figures().entry_limit, 32U);
}

TEST_F(ConversationsTest, ItsBytesAreBounded) {
  Conversations small(1 << 20, 64 << 10);
  const std::string model(500, 'm');
  for (uint64_t i = 0; i < 10'000; ++i) small.Note(InSession(i, i + 1'000'000), By(model), {});
  const ConversationFigures figures = small.figures();
  EXPECT_LE(figures.bytes, figures.byte_limit);
  EXPECT_EQ(figures.byte_limit, 64U << 10);
  EXPECT_GT(figures.entries, 16U);
  small.Note(Thread(1), By(std::string(1 << 20, 'm')), {});
  EXPECT_LE(small.figures().bytes, figures.byte_limit) << "one that does not fit is not kept";
}

TEST_F(ConversationsTest, ManyThreadsMayUseIt) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (uint64_t i = 0; i < 5'000; ++i) {
        all_.Note(InSession(i % 97, 200 + i % 13), By(t % 2 == 0 ? "sim/a" : "sim/b"), {});
        all_.Find(InSession(i % 89, 200 + i % 7), {}, hours(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all_.figures().entries, 97U + 13U);
}

}  // namespace
}  // namespace weir::gateway
