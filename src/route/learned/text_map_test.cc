#include "route/learned/text_map.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::route::learned {
namespace {

std::string Noise(size_t size, uint32_t state, std::string_view alphabet) {
  std::string text;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text.push_back(alphabet.empty() ? static_cast<char>(state >> 24)
                                    : alphabet[(state >> 24) % alphabet.size()]);
  }
  return text;
}

std::string Marks(const TextMap& map, TextMap::Kind kind) {
  std::string marks;
  for (size_t at = 0; at < map.text().size(); ++at)
    marks += (map.From(kind, at) & 1) != 0 ? '^' : '.';
  return marks;
}

TEST(TextMap, KindsOfBytes) {
  TextMap map;
  map.Read("It's 42 OK?\n\nYes \xc3\xa9");
  EXPECT_EQ(Marks(map, TextMap::kPlain), "^^.^.^^.^^...^^^...");
  EXPECT_EQ(Marks(map, TextMap::kDigit), ".....^^............");
  EXPECT_EQ(Marks(map, TextMap::kCapital), "^.......^^...^.....");
  EXPECT_EQ(Marks(map, TextMap::kVowel), "^.......^....^^....");
  EXPECT_EQ(Marks(map, TextMap::kSpace), "....^..^........^..");
  EXPECT_EQ(Marks(map, TextMap::kBlank), "....^..^...^^...^..");
  EXPECT_EQ(Marks(map, TextMap::kNewline), "...........^^......");
  EXPECT_EQ(Marks(map, TextMap::kRepeat), "............^......");
  EXPECT_EQ(Marks(map, TextMap::kWide), ".................^^");
  EXPECT_FALSE(map.ascii());
  EXPECT_EQ(std::string_view(map.lower(), 11), "it's 42 ok?");
  EXPECT_EQ(map.Count(TextMap::kCapital), 4U);
  EXPECT_EQ(map.Count(TextMap::kCapital, 1, 10), 2U);
}

// Whatever the processor has, at every length around a block's.
TEST(TextMap, BothReadersSayTheSame) {
  TextMap fast, portable;
  for (const std::string_view alphabet : {std::string_view(), std::string_view("aA .\n1e!")}) {
    for (size_t size = 0; size < 300; ++size) {
      const std::string text = Noise(size, static_cast<uint32_t>(size), alphabet);
      fast.Read(text);
      portable.ReadPortable(text);
      ASSERT_EQ(fast.blocks(), portable.blocks());
      for (uint8_t kind = 0; kind < TextMap::kKinds; ++kind) {
        ASSERT_EQ(fast.Count(TextMap::Kind{kind}), portable.Count(TextMap::Kind{kind}));
        ASSERT_EQ(fast.Count(TextMap::Kind{kind}), fast.Count(TextMap::Kind{kind}, 0, size));
        for (size_t block = 0; block < fast.blocks(); ++block) {
          ASSERT_EQ(fast.Block(TextMap::Kind{kind}, block),
                    portable.Block(TextMap::Kind{kind}, block))
              << "kind " << int{kind} << ", block " << block << " of " << size << " bytes";
        }
      }
      EXPECT_EQ(std::string_view(fast.lower(), size), std::string_view(portable.lower(), size));
      EXPECT_EQ(fast.ascii(), portable.ascii());
      EXPECT_EQ(fast.HasLongRun(), portable.HasLongRun());
    }
  }
}

TEST(TextMap, WordsAreSkippedAcrossBlocks) {
  TextMap map;
  for (const size_t size : {size_t{1}, size_t{63}, size_t{64}, size_t{65}, size_t{200}}) {
    const std::string text = "  " + std::string(size, 'w') + " \xc3\xa9.";
    map.Read(text);
    EXPECT_EQ(map.SkipPlain(2), 2 + size);
    EXPECT_EQ(map.SkipPlain(0), 0U);
    EXPECT_EQ(map.SkipPlain(3 + size), 3 + size) << "a wide character is not plain";
  }
  map.Read(std::string(128, 'w'));
  EXPECT_EQ(map.SkipPlain(0), 128U);
  EXPECT_EQ(map.SkipPlain(128), 128U);
}

TEST(TextMap, LongRunsAreSeenWhereverTheyStand) {
  TextMap map;
  for (size_t before = 50; before < 80; ++before) {
    const std::string head = Noise(before, 1, "ab");
    std::string mixed;
    for (const char c : head) mixed += std::string(1, c) + "-";
    map.Read(mixed + "  x!!!!");
    EXPECT_FALSE(map.HasLongRun()) << before;
    map.Read(mixed + "   x");
    EXPECT_TRUE(map.HasLongRun()) << before;
    map.Read(mixed + "!!!!!");
    EXPECT_TRUE(map.HasLongRun()) << before;
  }
}

}  // namespace
}  // namespace weir::route::learned
