#include <gtest/gtest.h>

#include <random>

#include "catalog/prices.h"

namespace weir::catalog {
namespace {

config::PriceSettings Said(std::string_view input, std::string_view cached,
                           std::string_view output) {
  config::PriceSettings price;
  price.input = *ParsePrice(input);
  price.cached_input = *ParsePrice(cached);
  price.output = *ParsePrice(output);
  return price;
}

Prices Of(std::string_view input, std::string_view cached, std::string_view output) {
  return MakePrices(Said(input, cached, output), "config", "");
}

Result<NanoUsd> Standard(const Usage& usage, const Prices& prices) {
  return Cost(usage, prices, kNoTime);
}

TEST(Cost, IsTheArticlesArithmetic) {
  EXPECT_EQ(Standard({1000, 0, 500, 0}, Of("2.50", "2.50", "10"))->nano, 7'500'000);
  EXPECT_EQ(Standard({1000, 0, 500, 0}, Of("0.07", "0.07", "0.14"))->nano, 140'000);
  EXPECT_EQ(Standard({1000, 400, 500, 100}, Of("0.14", "0.014", "0.28"))->nano,
            84'000 + 5'600 + 140'000);
  EXPECT_EQ(Standard({}, Of("1", "1", "1"))->nano, 0);
}

TEST(Cost, RoundsHalfUpOnceAnAttempt) {
  EXPECT_EQ(Standard({1, 0, 0, 0}, Of("0.0005", "0", "0"))->nano, 1);
  EXPECT_EQ(Standard({1, 0, 0, 0}, Of("0.000499999", "0", "0"))->nano, 0);
  // Two halves make one whole: rounding each product would make two.
  EXPECT_EQ(Standard({1, 0, 1, 0}, Of("0.0005", "0", "0.0005"))->nano, 1);
}

TEST(Cost, ReasoningIsPartOfTheAnswer) {
  EXPECT_EQ(Standard({10, 0, 50, 50}, Of("1", "1", "2"))->nano,
            Standard({10, 0, 50, 0}, Of("1", "1", "2"))->nano);
}

TEST(Cost, RefusesCountsThatCannotBe) {
  const Prices prices = Of("1", "1", "1");
  for (const Usage& usage :
       {Usage{10, 11}, Usage{-1}, Usage{10, -1}, Usage{10, 0, -1}, Usage{INT64_MIN, INT64_MAX},
        Usage{.prompt = 10, .cached = 6, .cache_write = 5}, Usage{.prompt = 10, .cache_write = -1},
        Usage{.prompt = 10, .audio_prompt = 11}, Usage{.prompt = 10, .image_prompt = 11},
        Usage{.prompt = 10, .audio_prompt = 6, .image_prompt = 5},
        Usage{.prompt = 10, .audio_prompt = -1}, Usage{.completion = 10, .audio_completion = 11},
        Usage{.completion = 10, .audio_completion = -1},
        Usage{.prompt = 1, .cached = INT64_MAX, .cache_write = INT64_MAX}}) {
    EXPECT_FALSE(Standard(usage, prices));
  }
}

TEST(Cost, IsAnErrorWhereItDoesNotFit) {
  EXPECT_FALSE(Standard({INT64_MAX, 0, INT64_MAX, 0}, Of("1000000", "0", "1000000")));
}

TEST(Cost, KindsWithoutAPriceCostWhatTheirPlainOnesDo) {
  const Usage plain{1000, 100, 500};
  Usage kinds = plain;
  kinds.cache_write = 200;
  kinds.audio_prompt = 300;
  kinds.image_prompt = 400;
  kinds.audio_completion = 100;
  const Prices prices = Of("3", "0.3", "15");
  EXPECT_EQ(Standard(kinds, prices)->nano, Standard(plain, prices)->nano);
}

TEST(Cost, WhatWasCachedIsPaidAsSuchBeforeAudioAndImages) {
  config::PriceSettings said = Said("1", "0.1", "2");
  said.audio_input = *ParsePrice("10");
  said.image_input = *ParsePrice("5");
  const Prices prices = MakePrices(said, "", "");
  Usage usage{.prompt = 1000, .audio_prompt = 300, .image_prompt = 200};
  EXPECT_EQ(Standard(usage, prices)->nano, 300 * 10'000 + 200 * 5'000 + 500 * 1'000);
  usage.cached = 600;
  EXPECT_EQ(Standard(usage, prices)->nano, 600 * 100 + 300 * 10'000 + 100 * 5'000);
  usage.cached = 800;
  EXPECT_EQ(Standard(usage, prices)->nano, 800 * 100 + 200 * 10'000);
  usage.cached = 1000;
  EXPECT_EQ(Standard(usage, prices)->nano, 1000 * 100);
}

TEST(Cost, AboveATierEveryTokenHasItsPrice) {
  config::PriceSettings said = Said("1", "0.1", "2");
  said.above.resize(2);
  said.above[0].tokens = 1000;
  said.above[0].input = *ParsePrice("3");
  said.above[1].tokens = 5000;
  said.above[1].input = *ParsePrice("4");
  said.above[1].cached_input = *ParsePrice("0.4");
  said.above[1].output = *ParsePrice("8");
  const Prices prices = MakePrices(said, "", "");
  EXPECT_EQ(Standard({1000, 500, 10}, prices)->nano, 500 * 1'000 + 500 * 100 + 10 * 2'000);
  EXPECT_EQ(Standard({1001, 500, 10}, prices)->nano, 501 * 3'000 + 500 * 100 + 10 * 2'000)
      << "what a tier does not say stays";
  EXPECT_EQ(Standard({5000, 500, 10}, prices)->nano, 4500 * 3'000 + 500 * 100 + 10 * 2'000);
  EXPECT_EQ(Standard({5001, 500, 10}, prices)->nano, 4501 * 4'000 + 500 * 400 + 10 * 8'000);
}

TEST(Cost, ATierWithoutACachedPriceOfAnyoneChargesItsInput) {
  config::PriceSettings said;
  said.input = *ParsePrice("1");
  said.output = *ParsePrice("2");
  said.above.resize(1);
  said.above[0].tokens = 100;
  said.above[0].input = *ParsePrice("3");
  EXPECT_EQ(Standard({200, 200, 0}, MakePrices(said, "", ""))->nano, 200 * 3'000);
}

TEST(Cost, HasThePriceOfItsTime) {
  constexpr WallMicros kDay = 86'400'000'000;
  config::PriceSettings said = Said("1", "1", "2");
  said.later.resize(2);
  said.later[0].from = std::chrono::sys_days(std::chrono::days(100));
  said.later[0].input = *ParsePrice("3");
  said.later[1].from = std::chrono::sys_days(std::chrono::days(200));
  said.later[1].input = *ParsePrice("5");
  const Prices prices = MakePrices(said, "", "");
  const auto nano = [&](WallMicros at) { return Cost({1, 0, 0}, prices, at)->nano; };
  EXPECT_EQ(nano(kNoTime), 1'000);
  EXPECT_EQ(nano(100 * kDay - 1), 1'000);
  EXPECT_EQ(nano(100 * kDay), 3'000);
  EXPECT_EQ(nano(200 * kDay - 1), 3'000);
  EXPECT_EQ(nano(200 * kDay), 5'000);
}

TEST(Cost, WithoutATimeOffPeakIsNotAssumed) {
  config::PriceSettings said = Said("2", "2", "2");
  said.off_peak.resize(1);
  said.off_peak[0].input = *ParsePrice("1");
  ASSERT_TRUE(said.off_peak[0].utc.Add("00:00-24:00"));
  const Prices prices = MakePrices(said, "", "");
  EXPECT_EQ(Cost({1, 0, 0}, prices, kNoTime)->nano, 2'000);
  EXPECT_EQ(Cost({1, 0, 0}, prices, 0)->nano, 1'000);
}

}  // namespace
}  // namespace weir::catalog
