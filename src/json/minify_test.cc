#include "json/minify.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "json/scan.h"

namespace weir::json {
namespace {

std::string Minified(std::string_view value) {
  std::string out(value.size() + kPadding, 'x');
  out.resize(Minify(value, out.data()));
  return out;
}

// The definition, byte by byte.
std::string Plain(std::string_view value) {
  std::string out;
  bool in_string = false;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (in_string && c == '\\') {
      out += c;
      out += value[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || std::string_view(" \t\r\n").find(c) == std::string_view::npos) out += c;
  }
  return out;
}

TEST(Minify, LeavesStringsAlone) {
  EXPECT_EQ(Minified(""), "");
  EXPECT_EQ(Minified(" 1 "), "1");
  EXPECT_EQ(Minified(R"( [ 1 , { "a b" : " c\" d " } , null ] )"), R"([1,{"a b":" c\" d "},null])");
  EXPECT_EQ(Minified(R"(["\\", " "])"), R"(["\\"," "])");
  EXPECT_EQ(Minified("\"caf\xC3\xA9 \\u00e9\""), "\"caf\xC3\xA9 \\u00e9\"");
}

TEST(Minify, EqualsTheDefinitionForEveryLength) {
  std::mt19937_64 random(7);
  constexpr std::string_view kPieces[] = {
      "{\"a\" : ", "\"x y\\\" z\"", " , ", "[ ", " ]", "}", "\n\t", "12.5e3", "\"\\\\\"", "true"};
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    const size_t pieces = random() % 60;
    for (size_t i = 0; i < pieces; ++i) text += kPieces[random() % std::size(kPieces)];
    EXPECT_EQ(Minified(text), Plain(text)) << text;
  }
}

}  // namespace
}  // namespace weir::json
