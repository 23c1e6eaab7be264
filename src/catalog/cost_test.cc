#include <gtest/gtest.h>

#include <random>

#include "catalog/directory.h"

namespace weir::catalog {
namespace {

__extension__ using Wide = __int128;

// The oracle: an exact fraction of a femto-dollar sum, rounded by comparing remainders.
Wide RoundHalfUp(Wide femto) {
  constexpr Wide kPerNano = 1'000'000;
  Wide whole = femto / kPerNano;
  Wide rest = femto % kPerNano;
  return 2 * rest >= kPerNano ? whole + 1 : whole;
}

Prices Of(std::string_view input, std::string_view cached, std::string_view output) {
  return {*ParsePrice(input), *ParsePrice(cached), *ParsePrice(output), "config", ""};
}

TEST(Cost, IsTheArticlesArithmetic) {
  EXPECT_EQ(Cost({1000, 0, 500, 0}, Of("2.50", "2.50", "10"))->nano, 7'500'000);
  EXPECT_EQ(Cost({1000, 0, 500, 0}, Of("0.07", "0.07", "0.14"))->nano, 140'000);
  EXPECT_EQ(Cost({1000, 400, 500, 100}, Of("0.14", "0.014", "0.28"))->nano,
            84'000 + 5'600 + 140'000);
  EXPECT_EQ(Cost({}, Of("1", "1", "1"))->nano, 0);
}

TEST(Cost, RoundsHalfUpOnceAnAttempt) {
  EXPECT_EQ(Cost({1, 0, 0, 0}, Of("0.0005", "0", "0"))->nano, 1);
  EXPECT_EQ(Cost({1, 0, 0, 0}, Of("0.000499999", "0", "0"))->nano, 0);
  // Two halves make one whole: rounding each product would make two.
  EXPECT_EQ(Cost({1, 0, 1, 0}, Of("0.0005", "0", "0.0005"))->nano, 1);
}

TEST(Cost, ReasoningIsPartOfTheAnswer) {
  EXPECT_EQ(Cost({10, 0, 50, 50}, Of("1", "1", "2"))->nano,
            Cost({10, 0, 50, 0}, Of("1", "1", "2"))->nano);
}

TEST(Cost, RefusesCountsThatCannotBe) {
  Prices prices = Of("1", "1", "1");
  EXPECT_FALSE(Cost({10, 11, 0, 0}, prices));
  EXPECT_FALSE(Cost({-1, 0, 0, 0}, prices));
  EXPECT_FALSE(Cost({10, -1, 0, 0}, prices));
  EXPECT_FALSE(Cost({10, 0, -1, 0}, prices));
  EXPECT_FALSE(Cost({INT64_MIN, INT64_MAX, 0, 0}, prices));
}

TEST(Cost, IsAnErrorWhereItDoesNotFit) {
  EXPECT_FALSE(Cost({INT64_MAX, 0, INT64_MAX, 0}, Of("1000000", "0", "1000000")));
}

TEST(Cost, EqualsExactArithmetic) {
  std::mt19937_64 random(7);
  auto up_to = [&](int bits) {
    return static_cast<int64_t>(random() >> (64 - 1 - random() % bits));
  };
  int fitting = 0;
  for (int i = 0; i < 200'000; ++i) {
    Usage usage;
    usage.prompt = up_to(45);
    usage.cached = usage.prompt == 0 ? 0 : static_cast<int64_t>(random() % usage.prompt);
    usage.completion = up_to(45);
    Prices prices{{up_to(50) % 1'000'000'000'000'000},
                  {up_to(50) % 1'000'000'000'000'000},
                  {up_to(50) % 1'000'000'000'000'000},
                  "",
                  ""};
    Wide exact = RoundHalfUp(static_cast<Wide>(usage.prompt - usage.cached) * prices.input.femto +
                             static_cast<Wide>(usage.cached) * prices.cached_input.femto +
                             static_cast<Wide>(usage.completion) * prices.output.femto);
    Result<NanoUsd> cost = Cost(usage, prices);
    ASSERT_EQ(cost.has_value(), exact <= INT64_MAX);
    if (!cost) continue;
    ++fitting;
    ASSERT_EQ(static_cast<Wide>(cost->nano), exact);
  }
  EXPECT_GT(fitting, 100'000);
}

}  // namespace
}  // namespace weir::catalog
