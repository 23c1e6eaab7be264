#include <gtest/gtest.h>

#include <random>

#include "base/strings.h"
#include "config/parse.h"

namespace weir::config {
namespace {

using std::chrono::milliseconds;

TEST(Duration, ReadsUnitsAndSums) {
  EXPECT_EQ(*ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(*ParseDuration("10s"), milliseconds(10'000));
  EXPECT_EQ(*ParseDuration("1h30m"), milliseconds(5'400'000));
  EXPECT_EQ(*ParseDuration("1d2h3m4s5ms"), milliseconds(93'784'005));
  EXPECT_EQ(*ParseDuration("3650d"), milliseconds(315'360'000'000));
}

TEST(Duration, G13RefusesWhatIsNotOne) {
  for (std::string_view bad :
       {"", "0", "0s", "-1s", "+1s", "10", "10 s", "10 parsecs", "1.5s", "s", "1s1s", "30m1h", "1S",
        "3651d", "9223372036854775807d", "99999999999999999999s", "10us", "1h30", "∞"}) {
    Result<milliseconds> duration = ParseDuration(bad);
    ASSERT_FALSE(duration) << bad;
    EXPECT_NE(duration.error().message.find("such as 10s, 250ms or 1h30m"), std::string::npos);
  }
}

TEST(Duration, ReadsBackWhatFormatDurationWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    milliseconds duration(1 + static_cast<int64_t>(random() % (1ull << (1 + random() % 38))));
    Result<milliseconds> again = ParseDuration(FormatDuration(duration));
    ASSERT_TRUE(again) << FormatDuration(duration);
    ASSERT_EQ(*again, duration);
  }
}

TEST(Duration, EqualsTheSumOfItsParts) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    int64_t parts[] = {static_cast<int64_t>(random() % 100), static_cast<int64_t>(random() % 100),
                       static_cast<int64_t>(random() % 100), static_cast<int64_t>(random() % 5000)};
    int64_t sum = parts[0] * 3'600'000 + parts[1] * 60'000 + parts[2] * 1'000 + parts[3];
    Result<milliseconds> read =
        ParseDuration(fmt::format("{}h{}m{}s{}ms", parts[0], parts[1], parts[2], parts[3]));
    ASSERT_EQ(read.has_value(), sum > 0);
    if (read) {
      ASSERT_EQ(read->count(), sum);
    }
  }
}

TEST(Size, ReadsBinaryAndDecimalUnits) {
  EXPECT_EQ(*ParseSize("0"), 0);
  EXPECT_EQ(*ParseSize("1500"), 1500);
  EXPECT_EQ(*ParseSize("64k"), 64'000);
  EXPECT_EQ(*ParseSize("2M"), 2'000'000);
  EXPECT_EQ(*ParseSize("1G"), 1'000'000'000);
  EXPECT_EQ(*ParseSize("32MiB"), 33'554'432);
  EXPECT_EQ(*ParseSize("8589934591GiB"), 8589934591LL << 30);
}

TEST(Size, RefusesWhatIsNotOneAndWhatOverflows) {
  for (std::string_view bad : {"", "k", "-1", "1.5MiB", "32 MiB", "32mib", "32MB", "8589934592GiB",
                               "9223372036854775808", "1k1k", "0x10"}) {
    EXPECT_FALSE(ParseSize(bad)) << bad;
  }
}

TEST(Size, EqualsWideArithmetic) {
  struct {
    std::string_view unit;
    int64_t factor;
  } const units[] = {{"", 1}, {"k", 1000}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto& unit = units[random() % 4];
    int64_t count = static_cast<int64_t>(random() >> (1 + random() % 62));
    __extension__ using Wide = __int128;
    Wide exact = static_cast<Wide>(count) * unit.factor;
    Result<int64_t> read = ParseSize(fmt::format("{}{}", count, unit.unit));
    ASSERT_EQ(read.has_value(), exact <= INT64_MAX) << count << unit.unit;
    if (read) {
      ASSERT_EQ(*read, static_cast<int64_t>(exact));
    }
  }
}

TEST(TokenCount, ReadsThousandsAndMillions) {
  EXPECT_EQ(*ParseTokenCount("128k"), 128'000);
  EXPECT_EQ(*ParseTokenCount("1M"), 1'000'000);
  EXPECT_EQ(*ParseTokenCount("8192"), 8192);
  for (std::string_view bad : {"128K", "128KiB", "-1", "many", ""}) {
    EXPECT_FALSE(ParseTokenCount(bad)) << bad;
  }
}

}  // namespace
}  // namespace weir::config
