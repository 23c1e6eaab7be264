#include "net/deadline.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace weir::net {
namespace {

SteadyTime At(int milliseconds) {
  return SteadyTime(std::chrono::milliseconds(milliseconds));
}

TEST(DeadlineHeap, IsEmptyAtFirst) {
  DeadlineHeap heap;
  EXPECT_EQ(heap.earliest(), SteadyTime::max());
  EXPECT_EQ(heap.PopDue(SteadyTime::max()), nullptr);
}

TEST(DeadlineHeap, PopsOnlyWhatIsDueAndUnsetsIt) {
  DeadlineHeap heap;
  Deadline early, late;
  heap.Set(&late, At(20));
  heap.Set(&early, At(10));
  EXPECT_EQ(heap.earliest(), At(10));
  EXPECT_EQ(heap.PopDue(At(9)), nullptr);
  EXPECT_EQ(heap.PopDue(At(10)), &early);
  EXPECT_FALSE(early.set());
  EXPECT_EQ(heap.PopDue(At(19)), nullptr);
  heap.Remove(&late);
  heap.Remove(&late);
  EXPECT_EQ(heap.size(), 0u);
}

// Any order of sets, moves and removals against a plain scan.
TEST(DeadlineHeap, AgreesWithAScanOverRandomOperations) {
  std::mt19937 random(7);
  DeadlineHeap heap;
  std::vector<Deadline> all(64);
  for (int step = 0; step < 50'000; ++step) {
    Deadline& one = all[random() % all.size()];
    switch (random() % 3) {
      case 0:
        heap.Remove(&one);
        ASSERT_FALSE(one.set());
        break;
      case 1: {
        const SteadyTime now = At(static_cast<int>(random() % 1000));
        Deadline* due = heap.PopDue(now);
        ASSERT_TRUE(due == nullptr || due->at <= now);
        break;
      }
      default:
        heap.Set(&one, At(static_cast<int>(random() % 1000)));
    }
    SteadyTime earliest = SteadyTime::max();
    size_t count = 0;
    for (const Deadline& each : all) {
      if (!each.set()) continue;
      earliest = std::min(earliest, each.at);
      ++count;
    }
    ASSERT_EQ(heap.earliest(), earliest);
    ASSERT_EQ(heap.size(), count);
  }
}

}  // namespace
}  // namespace weir::net
