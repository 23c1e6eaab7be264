#include "route/learned/tokens.h"

#include <gtest/gtest.h>

#include <string>

#include "route/learned/plain_words.h"

namespace weir::route::learned {
namespace {

class TokensTest : public testing::Test {
 protected:
  std::span<const Token> Of(std::string_view text) {
    map_.Read(text);
    tokens_.Read(map_);
    return tokens_.all();
  }
  // "w" a word, "W" a wide one, "c" a compound's part, "n" a number, "j" CJK, else the sign.
  std::string Kinds(std::string_view text) {
    std::string kinds;
    for (const Token& token : Of(text)) {
      switch (token.kind) {
        case Token::kWord:
          kinds += token.compound ? 'c' : token.wide ? 'W' : 'w';
          break;
        case Token::kNumber:
          kinds += 'n';
          break;
        case Token::kCjk:
          kinds += 'j';
          break;
        case Token::kSign:
          kinds += token.character < 0x80 ? static_cast<char>(token.character) : '~';
          break;
      }
    }
    return kinds;
  }
  uint64_t HashOf(std::string_view word) {
    const auto tokens = Of(word);
    EXPECT_EQ(tokens.size(), 1U) << word;
    return tokens.empty() ? 0 : tokens.front().hash;
  }

  TextMap map_;
  Tokens tokens_;
};

TEST_F(TokensTest, WhatATextIsMadeOf) {
  EXPECT_EQ(Kinds("Add 12 and x2, please!"), "wnww,w!");
  EXPECT_EQ(Kinds("a lock-free queue - or not"), "ww-cw-ww");
  EXPECT_EQ(Kinds("12中国 abc"), "njjw");
  EXPECT_EQ(Kinds("a café → Zürich…"), "wW~W~");
  EXPECT_EQ(Kinds("你好。\nhi"), "jj~\nw");
  EXPECT_EQ(Kinds("don't 5' rock’s x'"), "wn'ww'");
  EXPECT_EQ(Kinds(""), "");
}

TEST_F(TokensTest, AWordIsOneHoweverItIsWritten) {
  EXPECT_EQ(HashOf("Don't"), HashOf("dont"));
  EXPECT_EQ(HashOf("don\u2019t"), HashOf("dont"));
  EXPECT_EQ(HashOf("ÉCOLE"), HashOf("école"));
  EXPECT_EQ(HashOf("INTERNATIONALISATION"), HashOf("internationalisation"));
  EXPECT_NE(HashOf("abcdefgh"), HashOf("abcdefghh"));
  EXPECT_NE(HashOf("abcdefghi"), HashOf("ibcdefgha"));
  EXPECT_EQ(HashOf("dont"), HashWord("don't"));
  // With and without the slow way for what stands beside it.
  const uint64_t plain = HashOf("theorem");
  EXPECT_EQ(Of("theorem’").front().hash, plain);
  EXPECT_EQ(Of("theorem是").front().hash, plain);
}

TEST_F(TokensTest, WordsOfTheListsAreKnown) {
  EXPECT_EQ(Of("the").front().facts.plain & kFunctionWord, uint32_t{kFunctionWord});
  EXPECT_NE(Of("Theorem").front().facts.cues, 0U);
  EXPECT_EQ(Of("qwxz").front().facts.cues, 0U);
}

TEST_F(TokensTest, WordsAcrossBlocksAreWhole) {
  for (size_t before = 55; before < 70; ++before) {
    const std::string text = std::string(before, ' ') + "internationalisation 42";
    const auto tokens = Of(text);
    ASSERT_EQ(tokens.size(), 2U) << before;
    EXPECT_EQ(tokens[0].begin, before);
    EXPECT_EQ(tokens[0].end, before + 20);
    EXPECT_EQ(tokens[0].hash, HashWord("internationalisation"));
    EXPECT_EQ(tokens[1].kind, Token::kNumber);
  }
}

TEST_F(TokensTest, WhatIsCutIsForgotten) {
  EXPECT_EQ(Kinds("one two three four five"), "wwwww");
  const Cut cuts[] = {{0, 4}, {8, 14}};
  tokens_.Drop(cuts);
  const auto left = tokens_.all();
  ASSERT_EQ(left.size(), 3U);
  EXPECT_EQ(left[0].begin, 4U);
  EXPECT_EQ(left[1].begin, 14U);
  EXPECT_EQ(left[2].begin, 19U);
}

}  // namespace
}  // namespace weir::route::learned
