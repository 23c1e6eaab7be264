#include "json/write.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/split_mix.h"
#include "json/object.h"
#include "json/patch.h"

namespace weir::json {
namespace {

TEST(Writer, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer writer(&out);
  writer.BeginObject();
  writer.Key(std::string_view("a\""));
  writer.String("x\n");
  writer.Key("b");
  writer.BeginArray();
  writer.Int(-1);
  writer.Uint(18446744073709551615u);
  writer.BeginObject();
  writer.EndObject();
  writer.Bool(true);
  writer.Null();
  writer.Raw("[1]");
  writer.EndArray();
  writer.EndObject();
  EXPECT_EQ(out, R"({"a\"":"x\n","b":[-1,18446744073709551615,{},true,null,[1]]})");
  EXPECT_TRUE(Object::Parse(out));
}

TEST(Writer, DoublesAreFixedAndShort) {
  auto written = [](double value, int decimals) {
    std::string out;
    Writer(&out).Double(value, decimals);
    return out;
  };
  EXPECT_EQ(written(0.5, 6), "0.5");
  EXPECT_EQ(written(2, 6), "2");
  EXPECT_EQ(written(100, 0), "100");
  EXPECT_EQ(written(1e-9, 3), "0");
  EXPECT_EQ(written(-1e-9, 3), "0");
  EXPECT_EQ(written(std::nan(""), 3), "null");
}

// Against the exact rounding of to_chars.
TEST(Writer, SmallDoublesAreRoundedAsTheyAre) {
  SplitMix64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double size = std::pow(10, static_cast<double>(random.Next() % 14) - 7);
    double value = (static_cast<double>(random.Next() % 1'000'001) / 1e6 - 0.5) * size;
    if (i % 3 == 0) value = std::round(value * 2000) / 2000;  // near the middle
    const int decimals = static_cast<int>(random.Next() % 7);
    std::array<char, 64> exact;
    const auto end =
        std::to_chars(exact.begin(), exact.end(), value, std::chars_format::fixed, decimals).ptr;
    std::string written;
    Writer(&written).Double(value, decimals);
    double back = 0, wanted = 0;
    std::from_chars(written.data(), written.data() + written.size(), back);
    std::from_chars(exact.begin(), end, wanted);
    // Beyond 4 decimals a middle may go to either side.
    const double unit = decimals > 4 ? std::pow(10, -decimals) * 1.001 : 0;
    EXPECT_NEAR(back, wanted, unit) << value << " to " << decimals;
  }
}

TEST(Writer, DecimalsAreExactAndShort) {
  auto written = [](int64_t value, size_t decimals) {
    std::string out = "=";
    Writer(&out).Decimal(value, decimals);
    return out;
  };
  EXPECT_EQ(written(12'345, 3), "=12.345");
  EXPECT_EQ(written(12'340, 3), "=12.34");
  EXPECT_EQ(written(12'000, 3), "=12");
  EXPECT_EQ(written(7, 3), "=0.007");
  EXPECT_EQ(written(0, 3), "=0");
  EXPECT_EQ(written(-70, 3), "=-0.07");
  EXPECT_EQ(written(100, 0), "=100");
  EXPECT_EQ(written(INT64_MIN, 9), "=-9223372036.854775808");
}

TEST(Writer, ALongValueLeavesNothingBehind) {
  std::string out, want = "[";
  Writer writer(&out);
  writer.BeginArray();
  for (int i = 0; i < 1000; ++i) {
    writer.String(i % 3 == 0 ? "x\ty" : "plain");
    want += i % 3 == 0 ? R"("x\ty",)" : R"("plain",)";
  }
  writer.EndArray();
  want.back() = ']';
  EXPECT_EQ(out, want);
}

TEST(Patch, ReplacesInsertsAndRemoves) {
  const Edit edits[] = {{{0, 0}, "<"}, {{1, 3}, "XYZ"}, {{4, 6}, ""}, {{6, 6}, ">"}};
  EXPECT_EQ(Apply("abcdef", edits), "<aXYZd>");
  EXPECT_EQ(Apply("abcdef", {}), "abcdef");
  EXPECT_GE(Apply("abcdef", edits).capacity(), 7 + kPadding);
  const Patched patched("abcdef", {std::begin(edits), std::end(edits)});
  EXPECT_EQ(patched.size(), 7U);
  EXPECT_EQ(patched.Whole(), "<aXYZd>");
  ShelvedVector<std::string_view> pieces;
  patched.AppendPieces(&pieces);
  EXPECT_EQ(pieces, (ShelvedVector<std::string_view>{"<", "a", "XYZ", "d", ">"}));
}

TEST(Object, ReadsMembersByType) {
  auto object = Object::Parse(R"({"s":"a\u0041","i":3,"b":true,"n":null,"o":{"x":[1]},"f":1.5})");
  ASSERT_TRUE(object);
  EXPECT_EQ(**object->String("s"), "aA");
  EXPECT_EQ(**object->Int("i"), 3);
  EXPECT_EQ(**object->Bool("b"), true);
  EXPECT_EQ(*object->String("n"), std::nullopt);
  EXPECT_EQ(*object->String("missing"), std::nullopt);
  EXPECT_EQ(object->Raw("o"), R"({"x":[1]})");
  EXPECT_EQ(object->KindOf("missing"), Kind::kNone);
  EXPECT_EQ(object->String("i").error().param, "i");
  EXPECT_EQ(object->Int("f").error().reason, Reason::kBadRequest);
  EXPECT_EQ(object->Bool("s").error().reason, Reason::kBadRequest);
  EXPECT_FALSE(object->RequiredString("n"));
  EXPECT_EQ(object->Names().size(), 6u);
}

TEST(Object, RefusesWhatIsNotOneSmallObject) {
  EXPECT_FALSE(Object::Parse("[]"));
  EXPECT_FALSE(Object::Parse("{} {}"));
  EXPECT_EQ(Object::Parse(R"({"a":1,"\u0061":2})").error().param, "a");
  std::string many = "{\"k0\":0";
  for (int i = 1; i < 257; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_EQ(Object::Parse(many + "}").error().reason, Reason::kBadRequest);
}

TEST(Elements, SplitsAnArray) {
  auto elements = Elements(R"([1, "a,b" ,{"x":[2]}])");
  ASSERT_TRUE(elements);
  EXPECT_EQ(*elements, (std::vector<std::string_view>{"1", "\"a,b\"", "{\"x\":[2]}"}));
  EXPECT_FALSE(Elements("{}"));
}

}  // namespace
}  // namespace weir::json
