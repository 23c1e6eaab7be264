#include "quality/drawing.h"

#include <gtest/gtest.h>

#include <array>

namespace weir::quality {
namespace {

TEST(DrawOne, TheOnlyOne) {
  const Drawn drawn = DrawOne(1, [](size_t) { return false; }, 0.999);
  EXPECT_EQ(drawn.place, 0u);
  EXPECT_EQ(drawn.chance, 1);
}

TEST(DrawOne, OthersHalfAsOftenAndWithTheChanceThatIsSaid) {
  const auto own = [](size_t place) { return place != 1; };
  constexpr int kDraws = 10'000;
  std::array<int, 3> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const Drawn drawn = DrawOne(3, own, (i + 0.5) / kDraws);
    EXPECT_DOUBLE_EQ(drawn.chance, drawn.place == 1 ? 0.2 : 0.4);
    ++counts[drawn.place];
  }
  EXPECT_EQ(counts, (std::array<int, 3>{4'000, 2'000, 4'000}));
}

TEST(DrawOne, NeverBeyondTheLast) {
  EXPECT_EQ(DrawOne(3, [](size_t) { return true; }, 1.0).place, 2u);
}

}  // namespace
}  // namespace weir::quality
