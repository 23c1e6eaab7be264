#include "json/scan.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::json {
namespace {

std::string Padded(std::string text) {
  text.reserve(text.size() + kPadding);
  return text;
}

Result<void> Walk(const std::string& text, Check check = Check::kWhole) {
  std::string padded = Padded(text);
  Index index;
  WEIR_TRY(Cursor cursor, index.Begin(padded, check));
  cursor.Skip();
  return cursor.Finish();
}

TEST(Scan, TakesWhatIsJson) {
  for (const char* text :
       {"{}", "[]", " { } ", "[ ]", "0", "-0", "1.5e-3", "1E+2", "true", "false", "null", "\"\"",
        "[1,[2,[3,{}]],{\"a\":[]}]", "{\"a\":{\"b\":null},\"a\":1}", "\"\\ud83d\\ude00\\u0000\\/\"",
        "[12345678901234567890123456789]", "1e-400", "\t\r\n[\"a\" , \"b\"]\n"}) {
    auto walked = Walk(text);
    EXPECT_TRUE(walked) << text << ": " << walked.error().message;
  }
}

constexpr const char* kNotJson[] = {"",
                                    " ",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    "[1",
                                    "{\"a\"",
                                    "{\"a\":",
                                    "{\"a\":1",
                                    "{\"a\":1,}",
                                    "[1,]",
                                    "[,1]",
                                    "{,}",
                                    "[1 2]",
                                    "[1,,2]",
                                    "{\"a\" 1}",
                                    "{a:1}",
                                    "{1:1}",
                                    "{\"a\":1 \"b\":2}",
                                    "{}{}",
                                    "{} x",
                                    "[1]]",
                                    "[1}",
                                    "{\"a\":1]",
                                    "tru",
                                    "truee",
                                    "nul",
                                    "nulll",
                                    "True",
                                    "NaN",
                                    "Infinity",
                                    "-",
                                    "+1",
                                    "01",
                                    "-01",
                                    "1.",
                                    ".5",
                                    "1e",
                                    "1e+",
                                    "0x10",
                                    "1_000",
                                    "1e400",
                                    "-1e400",
                                    "12\"a\"",
                                    "\"a\"12",
                                    "\"a\"\"b\"",
                                    "\"a",
                                    "\"\\x\"",
                                    "\"\\u12\"",
                                    "\"\\u12g4\"",
                                    "\"\\ud800\"",
                                    "\"\\ud800\\u0041\"",
                                    "\"\\udc00\"",
                                    "\"a\nb\"",
                                    "\"\x01\"",
                                    "// c\n{}",
                                    "{/*c*/}",
                                    "'a'",
                                    "\xEF\xBB\xBF{}",
                                    "\"\xC0\xAF\"",
                                    "\"\xED\xA0\x80\"",
                                    "\"\xFF\"",
                                    "\"\xF5\x80\x80\x80\"",
                                    "\x0C[]",
                                    "[1\x1A 2]"};

TEST(Scan, RefusesWhatIsNot) {
  for (const char* text : kNotJson) {
    auto walked = Walk(text);
    ASSERT_FALSE(walked) << text;
    EXPECT_EQ(walked.error().reason, Reason::kInvalidJson) << text;
    EXPECT_LT(walked.error().message.size(), 200u);
  }
  EXPECT_FALSE(Walk(std::string("{\"a\":1}\0", 8)));
  EXPECT_FALSE(Walk(std::string("\xFF\xFE{\0}\0", 6)));
}

TEST(Scan, NamesNoByteThatItDoesNotKnow) {
  EXPECT_EQ(Walk("[\"a\", \"\xFF\"]").error().message, "invalid JSON: the body is not valid UTF-8");
  EXPECT_EQ(Walk("[\"a\", \"b]").error().message, "invalid JSON: a string is not closed");
  EXPECT_EQ(Walk("[1 2]").error().message, "invalid JSON at byte 3: expected ',' or ']'");
}

TEST(Scan, DepthEndsAt256) {
  auto nest = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Walk(nest(256)));
  auto walked = Walk(nest(257));
  ASSERT_FALSE(walked);
  EXPECT_NE(walked.error().message.find("256"), std::string::npos);
  EXPECT_FALSE(Walk(nest(1'000'000)));
  EXPECT_FALSE(Walk(std::string(1'000'000, '[')));
  EXPECT_TRUE(Walk("[" + nest(255) + "," + nest(255) + "]"));
}

TEST(Scan, NumbersHaveABound) {
  EXPECT_TRUE(Walk(std::string(300, '9')));
  EXPECT_FALSE(Walk(std::string(400, '9'))) << "beyond a double";
  EXPECT_TRUE(Walk("0." + std::string(1000, '1')));
  EXPECT_FALSE(Walk("0." + std::string(1030, '1')));
  EXPECT_FALSE(Walk(std::string(1'000'000, '1')));
}

TEST(Scan, TokensCheckLetsBrokenTextPass) {
  EXPECT_TRUE(Walk("{\"a\":\"\\ud83d\"}", Check::kTokens));
  EXPECT_TRUE(Walk("{\"a\":\"\xE4\xBD\"}", Check::kTokens));
  EXPECT_FALSE(Walk("{\"a\":}", Check::kTokens));
  EXPECT_FALSE(Walk("{\"a\":1", Check::kTokens));
}

TEST(Scan, SpansAreTheBytesOfTheValue) {
  std::string text =
      Padded("{ \"a\" : [1, {\"b\":2} ]  , \"c\":\"x\\n\" ,\"d\": -1.5 , \"e\":null }");
  Index index;
  auto cursor = index.Begin(text, Check::kWhole);
  ASSERT_TRUE(cursor);
  ASSERT_TRUE(cursor->EnterObject());
  std::vector<std::string> values;
  StringToken key;
  while (cursor->NextMember(&key)) values.emplace_back(cursor->Skip().of(text));
  ASSERT_TRUE(cursor->Finish());
  EXPECT_EQ(values, (std::vector<std::string>{"[1, {\"b\":2} ]", "\"x\\n\"", "-1.5", "null"}));
}

TEST(Scan, AWrongKindFailsAndEndsEveryLoop) {
  std::string text = Padded("{\"a\":[1,2,3],\"b\":1}");
  Index index;
  auto cursor = index.Begin(text, Check::kWhole);
  ASSERT_TRUE(cursor);
  StringToken key;
  ASSERT_TRUE(cursor->EnterObject());
  ASSERT_TRUE(cursor->NextMember(&key));
  EXPECT_EQ(cursor->kind(), Kind::kArray);
  cursor->String();
  EXPECT_FALSE(cursor->ok());
  EXPECT_EQ(cursor->kind(), Kind::kNone);
  EXPECT_FALSE(cursor->NextElement());
  EXPECT_FALSE(cursor->NextMember(&key));
  EXPECT_NE(cursor->Finish().error().message.find("byte 5"), std::string::npos);
}

TEST(Scan, AnIndexServesTextsOfAnySizeInAnyOrder) {
  Index index;
  for (size_t size : {10u, 3'000'000u, 20u, 100'000u, 0u, 2'000'000u}) {
    std::string text = Padded("[\"" + std::string(size, 'x') + "\"]");
    auto cursor = index.Begin(text, Check::kWhole);
    ASSERT_TRUE(cursor);
    ASSERT_TRUE(cursor->EnterArray());
    ASSERT_TRUE(cursor->NextElement());
    EXPECT_EQ(cursor->String().bytes, size);
    index.Trim();
  }
}

}  // namespace
}  // namespace weir::json
