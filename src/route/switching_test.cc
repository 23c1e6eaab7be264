#include "route/switching.h"

#include <gtest/gtest.h>

#include "route/world_for_test.h"

namespace weir::route {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// USD per million: `dear` reads warm tokens for a tenth of 3, `near` is a little cheaper, `cheap`
// very much.
constexpr std::string_view kPrices = R"(
providers: {sim: {api: simulator}}
models:
  dear:  {provider: sim, price: {input: 3, cached_input: 0.3, output: 15}}
  near:  {provider: sim, price: {input: 2, cached_input: 0.2, output: 10}}
  cheap: {provider: sim, price: {input: 0.1, cached_input: 0.01, output: 0.4}}
  write: {provider: sim, price: {input: 0.28, cached_input: 0.03, cache_write: 0.35, output: 15}}
  read:  {provider: sim, price: {input: 0.28, cached_input: 0.03, output: 15}}
  free:  {provider: sim}
routes: {auto: {tiers: {simple: cheap, medium: near, complex: dear}}}
)";

class SwitchingTest : public ::testing::Test {
 protected:
  Switch Weigh(std::string_view from, std::string_view to, int64_t prompt) {
    request_.max_tokens = 500;
    const catalog::Directory& directory = world_.directory();
    return WeighSwitch(directory, directory.FindModel(from), directory.FindModel(to), known_,
                       request_, prompt);
  }
  World world_{kPrices};
  chat::Request request_;
  Conversation known_{.model = "sim/dear", .age = seconds(10), .seen_tokens = 100'000};
};

TEST_F(SwitchingTest, TheSumsAreThoseOfTheDocumentation) {
  const Switch made = Weigh("dear", "near", 101'000);
  EXPECT_EQ(made.warm_tokens, 100'000);
  // 100,000 x 0.3 + 1,000 x 3 + 500 x 15, and 101,000 x 2 + 500 x 10, per million
  EXPECT_EQ(made.stay->nano, 30'000'000 + 3'000'000 + 7'500'000);
  EXPECT_EQ(made.leave->nano, 202'000'000 + 5'000'000);
  // 100,000 x 0.2 + 1,000 x 2 + 500 x 10
  EXPECT_EQ(made.settled->nano, 20'000'000 + 2'000'000 + 5'000'000);
  EXPECT_EQ(made.forgone.nano, 40'500'000 - 27'000'000);
  EXPECT_FALSE(made.Pays());
}

TEST_F(SwitchingTest, AMuchCheaperModelPaysEvenCold) {
  const Switch made = Weigh("dear", "cheap", 101'000);
  EXPECT_EQ(made.leave->nano, 10'100'000 + 200'000);
  EXPECT_TRUE(made.Pays());
}

TEST_F(SwitchingTest, WhatWasForgoneAddsUpToThePriceOfTheMove) {
  int turns = 1;
  for (Switch made = Weigh("dear", "near", 101'000); !made.Pays() && turns < 100; ++turns) {
    known_.forgone = made.forgone;
    made = Weigh("dear", "near", 101'000);
  }
  EXPECT_EQ(turns, 14) << "180 million to move, 13.5 a turn";
  known_.forgone = {INT64_MAX};
  EXPECT_EQ(Weigh("dear", "near", 101'000).forgone.nano, INT64_MAX);
}

TEST_F(SwitchingTest, ADearerModelNeverPaysWhileItIsWarm) {
  known_.forgone = {1'000};
  EXPECT_FALSE(Weigh("near", "dear", 101'000).Pays());
  EXPECT_EQ(Weigh("near", "dear", 101'000).forgone.nano, 1'000);
}

TEST_F(SwitchingTest, APremiumForWritingTheCacheCounts) {
  const auto leave = [&](std::string_view to) { return Weigh("dear", to, 101'000).leave->nano; };
  EXPECT_EQ(leave("read"), 28'280'000 + 7'500'000);
  EXPECT_EQ(leave("write"), 35'350'000 + 7'500'000);
  EXPECT_TRUE(Weigh("dear", "read", 101'000).Pays());
  EXPECT_FALSE(Weigh("dear", "write", 101'000).Pays()) << "1.25 x input for the whole prompt";
}

TEST_F(SwitchingTest, WhatIsColdIsFreeToLeave) {
  known_.age = kPromptCacheTtl;
  EXPECT_EQ(Weigh("dear", "near", 101'000).warm_tokens, 0);
  EXPECT_TRUE(Weigh("dear", "near", 101'000).Pays());
  known_.age = kPromptCacheTtl - seconds(1);
  EXPECT_FALSE(Weigh("dear", "near", 101'000).Pays());
  known_.same_opening = false;
  EXPECT_TRUE(Weigh("dear", "near", 101'000).Pays());
}

TEST_F(SwitchingTest, AProviderThatCachesNothingIsFreeToLeave) {
  known_.cached_share = 0;
  EXPECT_TRUE(Weigh("dear", "near", 101'000).Pays());
  known_.cached_share = 0.5;
  EXPECT_EQ(Weigh("dear", "near", 101'000).warm_tokens, 50'000);
}

TEST_F(SwitchingTest, AnUnpricedModelShowsNoGain) {
  EXPECT_FALSE(Weigh("dear", "free", 101'000).Pays());
  EXPECT_FALSE(Weigh("free", "cheap", 101'000).Pays());
  known_.age = minutes(10);
  EXPECT_TRUE(Weigh("free", "cheap", 101'000).Pays());
}

TEST_F(SwitchingTest, NoMoreIsWarmThanThePromptHas) {
  EXPECT_EQ(Weigh("dear", "near", 2'000).warm_tokens, 2'000);
  known_.seen_tokens = INT64_MAX;
  known_.cached_share = 7;
  EXPECT_EQ(Weigh("dear", "near", 2'000).warm_tokens, 2'000);
  known_.seen_tokens = -5;
  EXPECT_EQ(Weigh("dear", "near", 2'000).warm_tokens, 0);
}

}  // namespace
}  // namespace weir::route
