#include "net/frames.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "net/task.h"

namespace weir::net {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

TEST(Frames, WhatWasGivenBackServesTheNextOfItsSize) {
  if (!kPooled) GTEST_SKIP() << "a sanitizer watches each frame";
  Frames::FreeKept();
  void* first = Frames::Take(200);
  Frames::Give(first, 200);
  void* other_size = Frames::Take(300);
  void* again = Frames::Take(193);  // rounded up to the same
  EXPECT_EQ(again, first);
  EXPECT_NE(other_size, first);
  Frames::Give(again, 193);
  Frames::Give(other_size, 300);
  Frames::FreeKept();
}

TEST(Frames, KeepsABoundedNumberAndNoLargeOnes) {
  std::vector<void*> frames;
  for (size_t i = 0; i < 3 * Frames::kKept; ++i) frames.push_back(Frames::Take(100));
  EXPECT_EQ(std::set<void*>(frames.begin(), frames.end()).size(), frames.size());
  for (void* frame : frames) Frames::Give(frame, 100);
  void* large = Frames::Take(Frames::kLargest + 1);
  Frames::Give(large, Frames::kLargest + 1);
  Frames::FreeKept();
}

Task<int> Double(int value) {
  co_return 2 * value;
}

Task<void> Sum(int* sum) {
  for (int i = 0; i < 1000; ++i) {
    const int doubled = co_await Double(i);
    *sum += doubled;
  }
}

TEST(Frames, CoroutinesUseThem) {
  int sum = 0;
  Spawn(Sum(&sum));
  EXPECT_EQ(sum, 999 * 1000);
}

}  // namespace
}  // namespace weir::net
