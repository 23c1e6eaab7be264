// How time, money and JSON strings are written, each against a slow and obvious way.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "base/clock.h"
#include "base/money.h"
#include "base/strings.h"

namespace weir {
namespace {

std::string SlowWall(WallMicros micros) {
  std::time_t seconds = micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     micros % 1'000'000 / 1000);
}

TEST(FormatWall, IsTheCalendars) {
  EXPECT_EQ(FormatWall(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatWall(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatWall(1'709'164'799'999'999), "2024-02-28T23:59:59.999Z");
  EXPECT_EQ(FormatWall(1'709'164'800'000'000), "2024-02-29T00:00:00.000Z");
  std::mt19937_64 random(1);
  std::uniform_int_distribution<WallMicros> until_2100(0, 4'102'444'800'000'000);
  for (int i = 0; i < 10'000; ++i) {
    const WallMicros micros = until_2100(random);
    ASSERT_EQ(FormatWall(micros), SlowWall(micros)) << micros;
  }
}

std::string SlowUsd(int64_t nano) {
  std::string text = fmt::format("{}{}.{:09}", nano < 0 ? "-" : "", std::abs(nano) / 1'000'000'000,
                                 std::abs(nano) % 1'000'000'000);
  while (text.back() == '0' && text[text.size() - 3] != '.') text.pop_back();
  return text;
}

TEST(FormatMoney, KeepsCentsAndCutsOtherZeros) {
  EXPECT_EQ(FormatUsd(NanoUsd{0}), "0.00");
  EXPECT_EQ(FormatUsd(NanoUsd{-1}), "-0.000000001");
  EXPECT_EQ(FormatUsd(NanoUsd{12'300'000'000}), "12.30");
  EXPECT_EQ(FormatUsd(NanoUsd{std::numeric_limits<int64_t>::max()}), "9223372036.854775807");
  EXPECT_EQ(FormatUsd(NanoUsd{std::numeric_limits<int64_t>::min()}), "-9223372036.854775808");
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const auto nano = static_cast<int64_t>(random() >> (random() % 63 + 1)) * (i % 2 ? 1 : -1);
    ASSERT_EQ(FormatUsd(NanoUsd{nano}), SlowUsd(nano)) << nano;
  }
}

TEST(FormatMoney, PricesComeBack) {
  EXPECT_EQ(FormatPrice(Price{0}), "0");
  EXPECT_EQ(FormatPrice(*ParsePrice("10.00")), "10");
  EXPECT_EQ(FormatPrice(*ParsePrice("100")), "100");
  EXPECT_EQ(FormatPrice(*ParsePrice("0.014")), "0.014");
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const Price price{static_cast<int64_t>(random() % 1'000'000'000'000'000)};
    ASSERT_EQ(ParsePrice(FormatPrice(price))->femto, price.femto) << price.femto;
  }
}

// As many of the largest products as there may be: they do not wrap to a price that looks sound.
TEST(CostSum, IsAnErrorWhereItDoesNotFitInto128Bits) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  for (int products = 1; products <= 6; ++products) {
    CostSum sum;
    for (int i = 0; i < products; ++i) sum.Add(most, Price{most});
    EXPECT_FALSE(sum.Rounded()) << products;
    sum.Add(-1, Price{1});
    EXPECT_FALSE(sum.Rounded()) << products;
  }
}

TEST(AppendUint, FillsWithZeros) {
  std::string out = "n=";
  AppendUint(&out, 7, 3);
  AppendUint(&out, 1234, 3);
  AppendUint(&out, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(out, "n=007123418446744073709551615");
}

TEST(AppendJsonString, EscapesWhatMustBeAndNothingElse) {
  for (int c = 0; c < 0x80; ++c) {
    const char text[] = {'a', static_cast<char>(c), 'b'};
    std::string out;
    AppendJsonString(&out, {text, 3});
    const bool plain = c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
    EXPECT_EQ(out.size() == 5, plain) << c;
    EXPECT_EQ(out.starts_with("\"a") && out.ends_with("b\""), true) << c;
  }
  std::string out;
  AppendJsonString(&out, "\x01\"\\\n\r\té€𝄞\xff\u2028");
  EXPECT_EQ(out, R"("\u0001\"\\\n\r\té€𝄞)"
                 "\uFFFD"
                 R"(\u2028")");
}

}  // namespace
}  // namespace weir
