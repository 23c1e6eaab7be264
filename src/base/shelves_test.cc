#include "base/shelves.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <set>

namespace weir {
namespace {

TEST(Shelves, WhatWasGivenBackServesTheNextOfItsSize) {
  if (!Shelves::kKeeps) GTEST_SKIP() << "a sanitizer watches each block";
  Shelves::FreeKept();
  void* first = Shelves::Take(200);
  Shelves::Give(first, 200);
  void* other_size = Shelves::Take(300);
  void* again = Shelves::Take(193);  // rounded up to the same
  EXPECT_EQ(again, first);
  EXPECT_NE(other_size, first);
  Shelves::Give(again, 193);
  Shelves::Give(other_size, 300);
  Shelves::FreeKept();
}

TEST(Shelves, KeepABoundedNumberAndNoLargeOnes) {
  std::vector<void*> blocks;
  for (size_t i = 0; i < 3 * Shelves::kKept; ++i) blocks.push_back(Shelves::Take(100));
  EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), blocks.size());
  for (void* block : blocks) Shelves::Give(block, 100);
  void* large = Shelves::Take(Shelves::kLargest + 1);
  Shelves::Give(large, Shelves::kLargest + 1);
  Shelves::FreeKept();
}

TEST(Shelves, TextsAndListsOfAnySizeLiveThere) {
  for (const size_t size : {1u, 100u, 2047u, 2048u, 5000u}) {
    ShelvedString text(size, 'x');
    ShelvedVector<ShelvedString> list(size / 64 + 1, text);
    text += "y";
    list.push_back(std::move(text));
    EXPECT_EQ(list.front(), std::string(size, 'x'));
    EXPECT_EQ(list.back(), std::string(size, 'x') + "y");
  }
}

struct Thing : Shelved {
  std::array<char, 500> bytes;
};

TEST(Shelves, ObjectsComeBack) {
  if (!Shelves::kKeeps) GTEST_SKIP() << "a sanitizer watches each block";
  auto first = std::make_unique<Thing>();
  const auto place = reinterpret_cast<uintptr_t>(first.get());
  first.reset();
  const auto again = std::make_unique<Thing>();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(again.get()), place);
}

}  // namespace
}  // namespace weir
