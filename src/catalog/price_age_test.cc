#include "catalog/price_age.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/describe.h"
#include "catalog/world_for_test.h"

namespace weir::catalog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Every price of the test catalog is of this day.
constexpr std::chrono::sys_days kRead{std::chrono::year(2026) / 1 / 1};

std::vector<std::string> LinesAt(std::string_view yaml, int days) {
  return OldPrices(Resolved(yaml), kRead + std::chrono::days(days));
}

TEST(Day, IsOneOfTheCalendar) {
  EXPECT_EQ(ParseDay("2026-01-01"), kRead);
  EXPECT_TRUE(ParseDay("2028-02-29"));
  for (std::string_view wrong : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
                                 "2026-1-1", "2026-01-01 ", "01.01.2026", "2026-01-0x"}) {
    EXPECT_FALSE(ParseDay(wrong)) << wrong;
  }
}

TEST(Day, OfAClock) {
  EXPECT_EQ(DayOf(0), 0);
  EXPECT_EQ(DayOf(kMicrosADay - 1), 0);
  EXPECT_EQ(DayOf(kMicrosADay), 1);
  EXPECT_EQ(DayOf(-1), -1);
  EXPECT_EQ(Midnight(-1), -kMicrosADay);
  EXPECT_EQ(Midnight(kMicrosADay + 1), kMicrosADay);
}

TEST(PriceAge, NinetyDaysAreFineNinetyOneAreNot) {
  constexpr std::string_view kOne = "providers: {maker: {}}\nroutes: {auto: {model: small}}\n";
  EXPECT_THAT(LinesAt(kOne, -1), IsEmpty());
  EXPECT_THAT(LinesAt(kOne, 90), IsEmpty());
  EXPECT_THAT(LinesAt(kOne, 91),
              ElementsAre(AllOf(HasSubstr("prices of maker are older than 90 days: maker/small "
                                          "(2026-01-01, 91 days ago)"),
                                HasSubstr("`models`"), HasSubstr("`catalog`"))));
}

TEST(PriceAge, OnlyWhatIsUsedCounts) {
  EXPECT_THAT(LinesAt("providers: {maker: {}, shop: {}}\n", 1000), IsEmpty());
  EXPECT_THAT(LinesAt("providers: {maker: {}, shop: {}}\n"
                      "models: {maker/small: {price: {input: 1, output: 1}}, free-text: {}}\n",
                      1000),
              IsEmpty())
      << "a price of the config has no date";
  EXPECT_THAT(LinesAt("providers: {maker: {}, shop: {}}\nmodels: {llama: {}}\n", 1000),
              ElementsAre(HasSubstr("of shop")));
}

TEST(PriceAge, AVendorHasOneLine) {
  const std::vector<std::string> lines = LinesAt(
      "providers: {maker: {}, shop: {}, mall: {}}\n"
      "models: {llama: {providers: [shop, mall]}, embed: {}}\n"
      "fallbacks: {maker/small: [shop/small]}\n"
      "routes: {auto: {tiers: {simple: maker/small, complex: llama}, baseline: thinker}}\n",
      200);
  EXPECT_THAT(lines,
              ElementsAre(AllOf(HasSubstr("maker/small"), HasSubstr("maker/thinker"),
                                HasSubstr("maker/embed"), Not(HasSubstr("more"))),
                          AllOf(HasSubstr("shop/llama, shop/small")), HasSubstr("mall/llama")));
}

TEST(PriceAge, NamesThreeAndCountsTheRest) {
  const std::vector<std::string> lines = LinesAt(
      "providers: {shop: {}, maker: {}}\n"
      "models: {shop/small: {}, shop/llama: {}, shop/maker/small: {}, maker/small: {}}\n",
      200);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], Not(HasSubstr("more")));
  const std::vector<std::string> four = LinesAt(
      "providers: {shop: {}}\n"
      "models: {shop/small: {}, shop/llama: {}, shop/maker/small: {}, shop/b: {upstream: small}}\n",
      200);
  EXPECT_THAT(four, ElementsAre(HasSubstr(" and 1 more (2026-01-01")));
}

TEST(PriceAge, CheckPrintsItUnderItsWarnings) {
  const config::Environment env = config::FakeEnvironment({{"MAKER_KEY", "sk-maker"}});
  const auto settings =
      config::Parse("providers: {maker: }\nroutes: {auto: {model: small}}\n", "weir.yaml", env);
  ASSERT_TRUE(settings);
  const auto directory =
      DirectoryBuilder({*settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
  ASSERT_TRUE(directory);
  EXPECT_THAT(Describe(*settings, *directory, kRead + std::chrono::days(100)),
              HasSubstr("warnings\n  prices of maker are older"));
  EXPECT_THAT(Describe(*settings, *directory, kRead), Not(HasSubstr("warnings")));
}

}  // namespace
}  // namespace weir::catalog
