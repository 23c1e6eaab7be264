#include "route/learned/pasted_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/split_mix.h"

namespace weir::route {
namespace {

std::string Without(std::string_view text) {
  std::string kept;
  return std::string(LeaveOutCode(text, &kept).text);
}

TEST(PastedCode, WhatIsInFencesIsLeftOut) {
  EXPECT_EQ(Without("Fix this:\n```cpp\nint x = 1;\n```\nThanks"), "Fix this:\n```\n```\nThanks");
  EXPECT_EQ(Without("```\nfoo(bar);\n```\nWhy?"), "```\n```\nWhy?");
  EXPECT_EQ(Without("a\n   ```\n{\"a\": [1]}\n   ```"), "a\n   ```\n   ```");
  EXPECT_EQ(Without("a\n```js\nx()\n```\nb\n```py\ny()\n```\nc"), "a\n```\n```\nb\n```\n```\nc");
  EXPECT_EQ(Without("a\n````\n```\nf(x);\n```\n````\nb"), "a\n````\n````\nb") << "longer ones";
}

TEST(PastedCode, IsCounted) {
  std::string kept;
  EXPECT_EQ(LeaveOutCode("Fix this:\n```cpp\nint x = 1;\n```", &kept).code_bytes, 15u);
  const std::string_view none = "nothing is `here` at all";
  const WithoutCode same = LeaveOutCode(none, &kept);
  EXPECT_EQ(same.code_bytes, 0u);
  EXPECT_EQ(same.text.data(), none.data());
}

TEST(PastedCode, AFenceThatNothingClosesGoesOnToTheEnd) {
  EXPECT_EQ(Without("Fix this:\n```\nint x = f(1);\n"), "Fix this:\n```\n");
  EXPECT_EQ(Without("Fix this:\n````\nint x = f(1);\n```\n"), "Fix this:\n````\n") << "too short";
}

TEST(PastedCode, ListsOfWordsAndTablesAreNoProse) {
  EXPECT_EQ(Without("Sort:\n```\nBob, Eva, Klaus, Zoe\n```"), "Sort:\n```\n```");
  EXPECT_EQ(Without("hi\n```\nSELECT JOIN HAVING WHERE INDEX\n```"), "hi\n```\n```");
  EXPECT_EQ(Without("Why?\n```\n10:32 ERROR connection refused\n```"), "Why?\n```\n```");
}

TEST(PastedCode, ProseStays) {
  for (const std::string_view text : {
           "Answer this:\n```\nProve that there are infinitely many primes.\n```",
           "Translate:\n```text\nThe (old) mill by the river; a tale\n```",
           "Solve:\n```\nFind all integers n > 1 for which n + 1 divides n * n + 3 and say "
           "why\n```",
           "翻译:\n```\n法国的首都是巴黎。\n```",
           "What does ```int x = 1;``` do?",
           "the ` and the ``` are signs",
           "a\n    ```\n    int x = 1;\n    ```",  // four blanks
           "```\n```",
           "",
       }) {
    EXPECT_EQ(Without(text), text);
  }
}

// Whatever stands where, nothing is made up and nothing is read twice.
TEST(PastedCode, KeepsAPartOfAnyText) {
  constexpr std::string_view kPieces[] = {"```", "\n", " ", "`", "cpp", "f(x);", "word", "````"};
  SplitMix64 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint64_t i = random.Next() % 24; i > 0; --i) {
      text += kPieces[random.Next() % std::size(kPieces)];
    }
    std::string kept;
    const WithoutCode left = LeaveOutCode(text, &kept);
    ASSERT_LE(left.text.size(), text.size() + 1) << text;
    size_t at = 0;
    for (const char c : left.text) {
      at = text.find(c, at);
      ASSERT_NE(at, std::string::npos) << text << " -> " << left.text;
      ++at;
    }
    ASSERT_GE(left.text.size() + left.code_bytes, text.size()) << text;
  }
}

// Each of these made a reader that looks again from each fence take minutes.
TEST(PastedCode, ManyFencesAreReadOnce) {
  std::string many, one_line, blanks;
  for (int i = 0; i < 200'000; ++i) many += "```\nx\n";
  for (int i = 0; i < 400'000; ++i) one_line += "``` ";
  for (int i = 0; i < 20'000; ++i) blanks += std::string(60, ' ') + "```\n";
  for (const std::string& text : {many, one_line, blanks, "```` \n" + many}) {
    std::string kept;
    EXPECT_LE(LeaveOutCode(text, &kept).text.size(), text.size() + 1);
  }
}

}  // namespace
}  // namespace weir::route
