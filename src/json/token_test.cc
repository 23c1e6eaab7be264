#include "json/token.h"

#include <gtest/gtest.h>

#include <random>

#include "base/strings.h"

namespace weir::json {
namespace {

StringToken Measured(std::string_view raw) {
  StringToken token;
  EXPECT_TRUE(MeasureString(raw, &token)) << raw;
  return token;
}

TEST(StringToken, CountsBytesOnceUnescaped) {
  StringToken token = Measured("a\\n\\u00e9\\u4f60\\ud83d\\ude00\u00e9");
  EXPECT_EQ(token.bytes, 1u + 1 + 2 + 3 + 4 + 2);
  EXPECT_EQ(token.wide_bytes, 2u + 3 + 4 + 2);
  EXPECT_TRUE(token.escaped);
  EXPECT_EQ(Unescaped(token), "a\n\u00e9\u4f60\U0001F600\u00e9");
  EXPECT_FALSE(Measured("plain").escaped);
}

TEST(StringToken, EveryEscape) {
  EXPECT_EQ(Unescaped(Measured("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041")), "\"\\/\b\f\n\r\tA");
}

TEST(StringToken, BrokenEscapesBecomeReplacements) {
  for (const char* raw : {"\\x", "\\", "\\u", "\\u12", "\\u12g4", "\\ud800", "\\udc00"}) {
    StringToken token;
    EXPECT_FALSE(MeasureString(raw, &token)) << raw;
    std::string text = Unescaped(token);
    EXPECT_TRUE(text.starts_with("\uFFFD")) << raw;
    EXPECT_EQ(text.size(), token.bytes) << raw;
  }
}

TEST(StringToken, WritingAndUnescapingIsTheIdentity) {
  std::mt19937 random(7);
  constexpr std::string_view kPieces[] = {"a",      "\n",     "\"",
                                          "\\",     "\u4f60", "\U0001F600",
                                          "\x01",   "\t",     "plain prose that runs on",
                                          "\u00e9", "\u2028"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t i = random() % 40; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
    std::string quoted;
    AppendJsonString(&quoted, text);
    StringToken token = Measured(std::string_view(quoted).substr(1, quoted.size() - 2));
    EXPECT_EQ(token.bytes, text.size());
    std::string out = "kept";
    AppendUnescaped(token, &out);
    ASSERT_EQ(out, "kept" + text);
    size_t limit = random() % (text.size() + 2);
    out.clear();
    AppendUnescaped(token, &out, limit);
    ASSERT_EQ(out, Utf8Prefix(text, limit)) << limit;
  }
}

TEST(Number, IntegersAndTheirBounds) {
  EXPECT_EQ(IntegerOf("10"), 10);
  EXPECT_EQ(IntegerOf("-3"), -3);
  EXPECT_EQ(IntegerOf("10.0"), 10);
  EXPECT_EQ(IntegerOf("1e3"), 1000);
  EXPECT_EQ(IntegerOf("9223372036854775807"), INT64_MAX);
  for (const char* text : {"9223372036854775808", "1.5", "1e30", "1e-1", "-9223372036854775809"}) {
    EXPECT_EQ(IntegerOf(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir::json
