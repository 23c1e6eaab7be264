#include "cache/memory_store.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <thread>

#include "cache/entries_for_test.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::cache {
namespace {

using std::chrono::hours;

class MemoryStoreTest : public testing::Test {
 protected:
  bool Has(MemoryStore& store, const std::string& body) {
    return Await(worker_, store.Find(TestKey(keys_, body).view())).answer != nullptr;
  }
  void Put(MemoryStore& store, const std::string& body, size_t bytes) {
    store.Put(TestKey(keys_, body).Kept(), AnswerOf(std::string(bytes, 'x')), hours(1));
  }

  FakeClock clock_;
  net::Worker worker_{0, clock_};
  KeyMaker keys_;
};

// HARDENING C09.
TEST_F(MemoryStoreTest, C09JunkKeepsWithinTheBoundAndTheHotEntryStays) {
  constexpr uint64_t kLimit = 16 << 20;
  for (const size_t size : {100U, 3'000U, 60'000U}) {
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    MemoryStore store(kLimit, clock_);
    Put(store, "hot", size);
    EXPECT_TRUE(Has(store, "hot"));
    for (uint64_t i = 0, put = 0; put < 10 * kLimit; ++i, put += size + 500) {
      Put(store, fmt::format("junk {}", i), size);
    }
    const size_t held = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    const StoreFigures figures = store.figures();
    EXPECT_TRUE(Has(store, "hot")) << size;
    EXPECT_EQ(figures.limit, kLimit);
    EXPECT_LE(figures.bytes, kLimit);
    EXPECT_GT(figures.bytes, kLimit * 9 / 10) << "and the room is used";
    EXPECT_LE(held, kLimit * 105 / 100) << "as malloc counts it, entries of " << size;
    EXPECT_GT(figures.evictions, 0U);
  }
}

TEST_F(MemoryStoreTest, WhatIsAskedForOutlivesAScan) {
  MemoryStore store(4 << 20, clock_);
  for (int i = 0; i < 500; ++i) Put(store, fmt::format("wanted {}", i), 2'000);
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(Has(store, fmt::format("wanted {}", i)));
  for (int i = 0; i < 20'000; ++i) Put(store, fmt::format("scan {}", i), 2'000);
  int kept = 0;
  for (int i = 0; i < 500; ++i) kept += Has(store, fmt::format("wanted {}", i)) ? 1 : 0;
  EXPECT_EQ(kept, 500);
}

TEST_F(MemoryStoreTest, WhatComesBackIsTakenForWanted) {
  MemoryStore store(4 << 20, clock_);
  Put(store, "again", 2'000);
  int junk = 0;
  for (; store.figures().evictions == 0; ++junk) Put(store, fmt::format("junk {}", junk), 2'000);
  ASSERT_FALSE(Has(store, "again")) << "the oldest left first";
  Put(store, "again", 2'000);
  for (int i = 0; i < 2 * junk; ++i) Put(store, fmt::format("more {}", i), 2'000);
  EXPECT_TRUE(Has(store, "again"));
}

// Also what is wanted leaves in the end: the main queue is bounded too.
TEST_F(MemoryStoreTest, MoreWantedThanThereIsRoomFor) {
  MemoryStore store(1 << 20, clock_);
  for (int i = 0; i < 5'000; ++i) {
    Put(store, fmt::format("wanted {}", i), 2'000);
    for (int again = 0; again < 4; ++again) EXPECT_TRUE(Has(store, fmt::format("wanted {}", i)));
  }
  EXPECT_LE(store.figures().bytes, 1U << 20);
  EXPECT_GT(store.figures().entries, 300U);
}

TEST_F(MemoryStoreTest, TooLargeAnAnswerIsNotStored) {
  MemoryStore store(1 << 20, clock_);
  EXPECT_EQ(store.max_entry(), 256U << 10);
  Put(store, "large", 256 << 10);
  EXPECT_FALSE(Has(store, "large"));
  Put(store, "fits", 255 << 10);
  EXPECT_TRUE(Has(store, "fits"));
  Put(store, "fits", 256 << 10);
  EXPECT_FALSE(Has(store, "fits")) << "the former answer is not the answer any more";
}

TEST_F(MemoryStoreTest, OldAnswersLeaveAndAreCounted) {
  MemoryStore store(1 << 20, clock_);
  Put(store, "old", 100);
  clock_.Advance(hours(1));
  EXPECT_FALSE(Has(store, "old"));
  EXPECT_EQ(store.figures().expired, 1U);
  EXPECT_EQ(store.figures().entries, 0U);
  EXPECT_EQ(store.figures().bytes, 0U);
}

// HARDENING C13, with a fifth of its keys: counting texts, as a client would make them.
TEST_F(MemoryStoreTest, C13ManyKeysMakeNoLongChain) {
  MemoryStore store(1ULL << 30, clock_);
  const AnswerPtr answer = AnswerOf("x");
  for (int i = 0; i < 200'000; ++i) {
    store.Put(TestKey(keys_, fmt::format("{{\"n\":{}}}", i)).Kept(), answer, hours(1));
  }
  EXPECT_EQ(store.figures().entries, 200'000U);
  EXPECT_LE(store.longest_chain(), 16U);
}

TEST_F(MemoryStoreTest, ManyThreadsAtOnce) {
  MemoryStore store(4 << 20, clock_);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) {
        const std::string body = fmt::format("{}", i % 700);
        const TestKey key(keys_, body);
        if (i % 3 == 0) store.Put(key.Kept(), AnswerOf(body), hours(1));
        const AnswerPtr found = store.Lookup(key.view()).answer;
        if (found && found->body != body) ++wrong;
        if (i % 1'000 == 0) store.Purge({"auto", {}});
        if (i % 500 == 0) (void)store.figures();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace weir::cache
