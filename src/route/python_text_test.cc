#include "route/python_text.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "route/command_for_test.h"

namespace weir::route {
namespace {

// Prints "version V", then a line "KIND CODEPOINT" a fact: d \d, s \s, l str.lower() brings ASCII
// in, p str.lower() changes a character that simple.1 looks at, or makes one.
constexpr char kAskPython[] = R"(python3 -c '
import re, unicodedata
print("version", unicodedata.unidata_version)
for c in range(0x110000):
    if 0xD800 <= c < 0xE000: continue
    ch = chr(c)
    low = ch.lower()
    if re.match(r"\d", ch): print("d", c)
    if re.match(r"\s", ch): print("s", c)
    if low != ch and any(ord(x) < 128 for x in low): print("l", c)
    if low != ch and re.search(r"[\d\s\+\-\*\/]", ch + low): print("p", c)
')";

struct Facts {
  std::string version;
  std::map<std::string, std::set<char32_t>> of;
};

std::optional<Facts> AskPython() {
  const auto text = OutputOf(kAskPython);
  if (!text) return std::nullopt;
  std::istringstream in(*text);
  Facts facts;
  std::string kind;
  in >> kind >> facts.version;
  for (uint32_t c; in >> kind >> c;) facts.of[kind].insert(static_cast<char32_t>(c));
  return facts;
}

class PythonText : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { facts = AskPython(); }
  static inline std::optional<Facts> facts;
};

TEST_F(PythonText, EveryCodePointIsClassedAsPythonDoes) {
  if (!facts) GTEST_SKIP() << "python3 is absent";
  if (facts->version != "14.0.0") GTEST_SKIP() << "this python3 has Unicode " << facts->version;
  std::set<char32_t> digits, spaces;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    if (IsPythonDigit(c)) digits.insert(c);
    if (IsPythonSpace(c)) spaces.insert(c);
  }
  EXPECT_EQ(digits, facts->of["d"]);
  EXPECT_EQ(spaces, facts->of["s"]);
}

// The premises of classifiers/seed.cc for not lower-casing at all.
TEST_F(PythonText, LowerCasingCannotChangeWhatTheSeedSees) {
  if (!facts) GTEST_SKIP() << "python3 is absent";
  std::set<char32_t> makes_ascii = {0x0130, 0x212A};
  for (char32_t c = 'A'; c <= 'Z'; ++c) makes_ascii.insert(c);
  EXPECT_EQ(facts->of["l"], makes_ascii);
  EXPECT_TRUE(facts->of["p"].empty());
}

TEST_F(PythonText, DigitsThatLaterUnicodeAssignedAreNone) {
  EXPECT_TRUE(IsPythonDigit(0x0663));
  EXPECT_TRUE(IsPythonDigit(0x1FBF0));   // Unicode 13
  EXPECT_FALSE(IsPythonDigit(0x11F50));  // Kawi, Unicode 15
  EXPECT_FALSE(IsPythonDigit(0x1E4F0));  // Nag Mundari, Unicode 15
  EXPECT_FALSE(IsPythonDigit(0x00B2));
}

TEST_F(PythonText, TakesOneCharacterAndSurvivesBytesThatAreNone) {
  std::string_view text = "a\xC3\xA9\xF0\x9F\x99\x82\xFF\xE2\x82";
  EXPECT_EQ(TakeCodePoint(&text), U'a');
  EXPECT_EQ(TakeCodePoint(&text), U'\u00E9');
  EXPECT_EQ(TakeCodePoint(&text), U'\U0001F642');
  EXPECT_EQ(TakeCodePoint(&text), U'\uFFFD');
  EXPECT_EQ(TakeCodePoint(&text), U'\uFFFD');
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace weir::route
