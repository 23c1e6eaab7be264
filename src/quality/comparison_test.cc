#include "quality/comparison.h"

#include <gtest/gtest.h>

#include <string>

#include "quality/decimal.h"

namespace weir::quality {
namespace {

// "exact", "json", "number", or "" for what is not decided.
std::string By(std::string_view a, std::string_view b) {
  const std::optional<Verdict> one = Compare(a, b);
  const std::optional<Verdict> other = Compare(b, a);
  EXPECT_EQ(one.has_value(), other.has_value()) << a << " | " << b;
  if (!one) return "";
  EXPECT_EQ(one->outcome, Outcome::kTie);
  return std::string(DecidedByName(one->by));
}

TEST(Comparison, BlanksCaseAndTrailingPunctuationDoNotCount) {
  EXPECT_EQ(By("Paris", "Paris"), "exact");
  EXPECT_EQ(By("Paris.", " paris \n"), "exact");
  EXPECT_EQ(By("It is\n\nParis!", "it is  Paris"), "exact");
  EXPECT_EQ(By("Paris", "London"), "");
  EXPECT_EQ(By("a b", "ab"), "");
  EXPECT_EQ(By("", ""), "exact");
  EXPECT_EQ(By("...", "?"), "") << "signs alone are an answer";
}

TEST(Comparison, IndentsOfCodeCount) {
  const std::string_view inside = "def f(n):\n  for i in n:\n    a(i)\n    return 1";
  const std::string_view behind = "def f(n):\n  for i in n:\n    a(i)\n  return 1";
  EXPECT_EQ(By(inside, behind), "");
  EXPECT_EQ(By("```\nA = 1\n```", "```\na = 1\n```"), "") << "so does case";
  EXPECT_EQ(By(inside, std::string(inside) + "\n"), "exact");
}

TEST(Comparison, JsonIsComparedByValue) {
  EXPECT_EQ(By(R"({"a":1,"b":[1,2]})", R"({ "b": [1.0, 2e0], "a": 1 })"), "json");
  EXPECT_EQ(By("```json\n{\"a\": \"x\"}\n```", R"({"a":"\u0078"})"), "json");
  EXPECT_EQ(By("```\n[true,null]\n```", "[ true , null ]"), "json");
  EXPECT_EQ(By("[1,2]", "[2,1]"), "");
  EXPECT_EQ(By(R"({"a":1})", R"({"a":"1"})"), "");
  EXPECT_EQ(By(R"({"a":1})", R"({"a":1,"b":1})"), "");
  EXPECT_EQ(By(R"({"a":[]})", R"({"a":{}})"), "");
  EXPECT_EQ(By(R"({"a":9007199254740993})", R"({"a":9007199254740992})"), "") << "not rounded";
  EXPECT_EQ(By(R"({"a":1})", R"({"a":1)"), "");
}

TEST(Comparison, NumbersAreComparedByValue) {
  EXPECT_EQ(By("1,000", "1000"), "number");
  EXPECT_EQ(By("1000.0", "The answer is 1000."), "number");
  EXPECT_EQ(By("**42**", "6 times 7 makes 42, so the answer is: 42."), "number");
  EXPECT_EQ(By("#### 42", "42"), "number");
  EXPECT_EQ(By("$5.00", "It costs $5"), "number");
  EXPECT_EQ(By("-4", "x = -4"), "number");
  EXPECT_EQ(By("12 km", "The distance is 12km."), "number");
}

TEST(Comparison, NumbersThatSayOtherThingsAreTheJudges) {
  EXPECT_EQ(By("12 km", "12 miles"), "");
  EXPECT_EQ(By("12", "12 %"), "");
  EXPECT_EQ(By("41", "42"), "");
  EXPECT_EQ(By("[42]", "42"), "");
  EXPECT_EQ(By(R"({"a":42})", "42"), "");
  EXPECT_EQ(By("-4", "4"), "");
  EXPECT_EQ(By("1/2", "2"), "");
  EXPECT_EQ(By("1,00", "100"), "") << "no groups of three";
  for (const std::string_view other :
       {"It is definitely not 42", "It isn't 42.", "more than 42", "41 or 42", "About 42",
        "from 40 to 42", "Es sind knapp unter 42 – nicht über 42"}) {
    EXPECT_EQ(By("42", other), "") << other;
  }
  for (const std::string_view other : {"10:05", "2024-03-05", "10^5", "1.2.5", "A-5", "v1.5"}) {
    EXPECT_EQ(By("5", other), "") << other;
  }
  EXPECT_EQ(By("42", "It is not 41. It is 42."), "number");
  const std::string essay = "The bridge was begun after a long quarrel about its price in 1932, ";
  EXPECT_EQ(By(essay + "and it was opened in 1936.", "Much was written, most of it in 1936."), "")
      << "two texts that end in a year";
}

TEST(Comparison, AnyBytesAreBoundedWork) {
  const std::string deep(kMaxCompared / 2, '[');
  EXPECT_EQ(By(deep, deep + " "), "exact");
  EXPECT_EQ(By(deep + "1", deep + "2"), "");
  const std::string large(kMaxCompared + 1, 'x');
  EXPECT_EQ(By(large, large), "exact");
  EXPECT_EQ(By(large, large + "."), "") << "too large for more than bytes";
  EXPECT_EQ(By(std::string("\xff\0\xfe", 3), "\xff"), "");
  EXPECT_EQ(By(std::string(5000, '9'), std::string(5000, '9') + "0"), "");
}

TEST(Decimal, HasOneSpellingAValue) {
  EXPECT_EQ(CanonicalDecimal("1000"), "1e3");
  EXPECT_EQ(CanonicalDecimal("+1.000e3"), "1e3");
  EXPECT_EQ(CanonicalDecimal("-0.0"), "0");
  EXPECT_EQ(CanonicalDecimal("0.10"), "1e-1");
  EXPECT_EQ(CanonicalDecimal("-.5"), "-5e-1");
  for (const std::string_view bad :
       {"", ".", "e3", "1e", "1.2.3", "0x1", "1e99999999999999999999"}) {
    EXPECT_EQ(CanonicalDecimal(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace weir::quality
