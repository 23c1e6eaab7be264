#include "base/spare_strings.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(SpareStrings, MemoryServesAgainAndTextDoesNot) {
  SpareStrings spares;
  const char* memory = nullptr;
  {
    SpareString text(spares);
    text->assign(1000, 'x');
    memory = text->data();
  }
  SpareString again(spares);
  EXPECT_TRUE(again->empty());
  EXPECT_GE(again->capacity(), 1000u);
  EXPECT_EQ(again->data(), memory);
}

TEST(SpareStrings, LargeOnesAndThoseBeyondTheBoundAreNotKept) {
  SpareStrings spares;
  spares.Give(std::string(SpareStrings::kLargest + 1, 'x'));
  EXPECT_LT(spares.Take().capacity(), 100u);
  for (size_t i = 0; i < 2 * SpareStrings::kKept; ++i) spares.Give(std::string(100, 'x'));
  for (size_t i = 0; i < SpareStrings::kKept; ++i) EXPECT_GE(spares.Take().capacity(), 100u);
  EXPECT_LT(spares.Take().capacity(), 100u);
}

TEST(SpareStrings, AMovedOneComesHomeOnce) {
  SpareStrings spares;
  {
    SpareString first(spares);
    first->assign(100, 'x');
    SpareString second(std::move(first));
    EXPECT_EQ(*second, std::string(100, 'x'));
    SpareString third(spares);
    third = std::move(second);
    EXPECT_EQ(*third, std::string(100, 'x'));
  }
  EXPECT_GE(spares.Take().capacity(), 100u);
  EXPECT_LT(spares.Take().capacity(), 100u);
}

}  // namespace
}  // namespace weir
