#include "route/learned/pasted_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/split_mix.h"
#include "base/strings.h"

namespace weir::route::learned {
namespace {

std::string Without(std::string_view text) {
  std::string kept;
  return std::string(WithoutCode(text, &kept));
}

TEST(PastedCode, FencesAreLeftOut) {
  EXPECT_EQ(Without("Fix this:\n```cpp\nint x = f(1);\n```\nThanks"), "Fix this:\n\nThanks");
  EXPECT_EQ(Without("```\nfoo(bar);\n```\nWhy?"), "\nWhy?");
  EXPECT_EQ(Without("a\n   ```\n{\"a\": [1]}\n   ```"), "a\n");
  EXPECT_EQ(Without("a\n```js\nx();\n```\nb\n```py\ny[0] = 1\n```\nc"), "a\n\nb\n\nc");
  EXPECT_EQ(Without("a\n````\n```\nf(x);\n```\n````\nb"), "a\n\nb") << "longer ones";
  EXPECT_EQ(Without("a\r\n```js\r\nx();\r\n```\r\nb"), "a\r\n\nb");
}

TEST(PastedCode, SignsTellPrograms) {
  for (const std::string_view code :
       {"```\nprintf(\"\\nTotal: %d\\n\", n);\n```", "```\nre = /\\bfoo\\b/g; f(re[0]);\n```",
        "```yaml\nname: weir\nlisten: 8080\nkeys: [a]\nlog: info\n```",
        "```sql\nSELECT a_id FROM t JOIN u USING (b) WHERE c = 3\n```"}) {
    EXPECT_EQ(Without(code), "") << code;
  }
  std::string licensed = "```\n";
  for (int i = 0; i < 60; ++i) licensed += "// Anybody may do with this whatever he wants to do.\n";
  for (int i = 0; i < 200; ++i) licensed += "x[i] = f(y);\n";
  EXPECT_EQ(Without(licensed + "```"), "");
}

// None may hide a question.
TEST(PastedCode, WhatMayBeTheQuestionStays) {
  for (const std::string_view text : {
           "Answer this:\n```\nProve that there are infinitely many primes.\n```",
           "Answer this:\n```q\nProve that there are infinitely many primes.\n```",
           "Translate:\n```text\nThe (old) mill by the river; a tale\n```",
           "Solve:\n```\nFind all integers n > 1 for which n + 1 divides n * n + 3 and say "
           "why\n```",
           "Solve:\n```latex\n\\int_0^1 \\frac{x_1}{1 + x_2} dx\n```",
           "Reply:\n```\nKannst du mir bitte sagen, warum meine Bestellung nicht kommt?\n```",
           "翻译:\n```\n法国的首都是巴黎。\n```",
           "Do what is delimited by ```Prove that f(x) = {1}\nis [continuous]``` in Euler's style",
           "```Prove that f(x) = {1}\nis [continuous]```",
           "What does ```int x = f(1);``` do?",
           "the ` and the ``` are signs",
           "a\n    ```\n    int x = f(1);\n    ```",  // four blanks
           "Why?\n```\nint x = f(1);\n",              // nothing closes it
           "Why?\n```\nint x = f(1);\n``` Prove {it}",
           "Why?\n````\nint x = f(1);\n```\n",
           "Look:\n- ```cpp\n  x = f(1);\n  ```\n\nProve that it is linearizable",
           "```\n```",
           "",
       }) {
    EXPECT_EQ(Without(text), text);
    std::string kept;
    EXPECT_EQ(WithoutCode(text, &kept).data(), text.data()) << "the text itself";
  }
}

// Line by line, without a thought for speed; of texts whose only signs are those of "f(x);".
struct Line {
  explicit Line(std::string_view line) : text(line) {
    const size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const size_t end = std::min(line.find_first_not_of('`', begin), line.size());
    if (begin <= 3 && end - begin >= 3) marks = end - begin;
    info = Trim(line.substr(end));
  }
  std::string_view text, info;
  size_t marks = 0;
};

std::string Reference(std::string_view text) {
  std::vector<Line> lines;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string> kept;
  const auto keep = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) kept.emplace_back(lines[i].text);
  };
  size_t next = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool opens = lines[i].info.find_first_of(" \t`") == std::string_view::npos;
    if (lines[i].marks == 0 || !opens) continue;
    size_t close = i + 1;
    while (close < lines.size() &&
           (lines[close].marks < lines[i].marks || !lines[close].info.empty())) {
      ++close;
    }
    if (close == lines.size()) break;
    std::string inside = "\n";
    for (size_t k = i + 1; k < close; ++k) inside += fmt::format("{}\n", lines[k].text);
    size_t signs = 0;
    for (size_t at = 0; at < inside.size(); ++at) {
      signs += inside[at] == '(' || (inside[at] == ';' && inside[at + 1] == '\n') ? 1 : 0;
    }
    const size_t bytes_a_sign = lines[i].info.empty() ? 20 : 60;
    if (signs > 0 && bytes_a_sign * signs >= inside.size()) {
      keep(next, i);
      kept.emplace_back();
      next = close + 1;
    }
    i = close;
  }
  keep(next, lines.size());
  return fmt::format("{}", fmt::join(kept, "\n"));
}

TEST(PastedCode, IsWhatAReaderOfLinesFinds) {
  constexpr std::string_view kPieces[] = {"```", "\n",    "\n",    " ",   "`",
                                          "cpp", "f(x);", "f(x);", "````"};
  SplitMix64 random(7);
  int changed = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (uint64_t i = random.Next() % 24; i > 0; --i) {
      text += kPieces[random.Next() % std::size(kPieces)];
    }
    const std::string without = Without(text);
    changed += without != text ? 1 : 0;
    ASSERT_EQ(without, Reference(text)) << text;
  }
  EXPECT_GT(changed, 500);
}

}  // namespace
}  // namespace weir::route::learned
