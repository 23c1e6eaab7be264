// Routes with a quality floor, from the config to the decision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "route/explain.h"
#include "route/floor_policy.h"
#include "route/learned/built_in.h"
#include "route/learned/weights.h"
#include "route/world_for_test.h"

namespace weir::route {
namespace {

using learned::OwnCurve;
using testing::HasSubstr;

struct Known {
  std::string_view name;
  double logit;  // whatever the prompt
  uint32_t labels = 500;
};

// The built-in weights with own curves of these models.
std::string WeightsOf(std::initializer_list<Known> models) {
  learned::Weights weights;
  EXPECT_TRUE(weights.Load(learned::BuiltInWeights()));
  weights.own.labels = 500;
  weights.own.weights[0] = 1;  // the shipped need
  for (const Known& model : models) {
    OwnCurve& curve = weights.own_curves.emplace_back();
    std::ranges::copy(model.name, curve.name.begin());
    curve.labels = model.labels;
    curve.slope = 0;
    curve.bias = static_cast<float>(model.logit);
  }
  return weights.Save();
}

constexpr std::string_view kConfig = R"(
providers: {sim: {api: simulator}}
models:
  tiny:   {provider: sim, upstream: w-tiny, price: {input: 0.1, output: 0.2}, context: 1M}
  middle: {provider: sim, upstream: w-middle, price: {input: 1, output: 2}, context: 1M}
  large:  {provider: sim, upstream: w-large, price: {input: 4, output: 8, cached_input: 0.4}}
  judge:  {provider: sim, upstream: w-judge, price: {input: 5, output: 10}}
  blind:  {provider: sim, upstream: w-large, price: {input: 1, output: 2}, capabilities: [chat, tools]}
  eyes:   {provider: sim, upstream: w-eyes, price: {input: 9, output: 20}, capabilities: [chat, vision]}
routes:
  auto: {models: [tiny, middle, large], floor: 0.97, baseline: judge}
  safe: {models: [tiny, middle, large], floor: 0.97, baseline: judge, until_proven: baseline}
  looks: {models: [blind, eyes], floor: 0.9, baseline: judge}
)";

const std::string& AllProven() {
  static const std::string weights = WeightsOf(
      {{"w-tiny", 0}, {"w-middle", 2.1}, {"w-large", 2.2}, {"w-judge", 2}, {"w-eyes", 2}});
  return weights;
}

std::string First(const World& world, const Decision& decision) {
  return world.directory().model(decision.candidates.at(0).model).alias;
}

TEST(FloorRoute, WithoutOwnLabelsTiersDecideAndSaySo) {
  const World world(kConfig);
  const auto easy = world.Decide(Asking("hi"), "auto");
  ASSERT_TRUE(easy) << easy.error().message;
  EXPECT_EQ(easy->reason, "floor:unproven");
  EXPECT_EQ(easy->tier, "simple");
  EXPECT_EQ(First(world, *easy), "tiny");
  ASSERT_TRUE(easy->floor);
  EXPECT_FALSE(easy->floor->in_force);
  const auto hard = world.Decide(
      Asking("Find all integer solutions of x^3 + y^3 = z^3 + 1 and prove completeness"), "auto");
  EXPECT_EQ(First(world, *hard), "large");
}

TEST(FloorRoute, WithoutOwnLabelsTheBaselineDecidesWhereTheRouteSaysSo) {
  const World world(kConfig);
  const auto easy = world.Decide(Asking("hi"), "safe");
  EXPECT_EQ(easy->reason, "floor:unproven");
  EXPECT_EQ(First(world, *easy), "judge");
}

TEST(FloorRoute, InForceTheCheapestThatKeepsItAnswers) {
  const World world(kConfig, AllProven());
  for (const std::string_view route : {"auto", "safe"}) {
    const auto decision = world.Decide(Asking("hi"), route);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->reason, "floor");
    EXPECT_EQ(decision->tier, "");
    EXPECT_EQ(First(world, *decision), "middle");
    EXPECT_THAT(world.Why(*decision, "sim/tiny"), HasSubstr("below_floor:0.500 < 0.854"));
    EXPECT_EQ(world.Why(*decision, "sim/large"), "dearer");
  }
}

TEST(FloorRoute, AModelWithTooFewLabelsIsNotTaken) {
  const World world(kConfig, WeightsOf({{"w-tiny", 3, 99}, {"w-middle", 2.1}, {"w-judge", 2}}));
  const auto decision = world.Decide(Asking("hi"), "auto");
  EXPECT_EQ(decision->reason, "floor");
  EXPECT_EQ(First(world, *decision), "middle");
  EXPECT_EQ(world.Why(*decision, "sim/tiny"), "unproven:99 of 100 labels");
  EXPECT_EQ(world.Why(*decision, "sim/large"), "unproven:0 of 100 labels");
  const World few(kConfig, WeightsOf({{"w-tiny", 3}, {"w-middle", 2.1}, {"w-judge", 2, 99}}));
  EXPECT_EQ(few.Decide(Asking("hi"), "auto")->reason, "floor:unproven");
}

TEST(FloorRoute, WhereNoneKeepsItTheBestIsTakenAndSaysSo) {
  const World world(kConfig, WeightsOf({{"w-tiny", 0}, {"w-middle", 1}, {"w-judge", 4}}));
  const auto decision = world.Decide(Asking("hi"), "auto");
  EXPECT_EQ(decision->reason, "floor:unmet");
  EXPECT_EQ(First(world, *decision), "middle");
}

TEST(FloorRoute, OnlyModelsThatFitAreOffers) {
  const World world(kConfig, AllProven());
  chat::Request pictures = Asking("what is this");
  pictures.images = 1;
  const auto decision = world.Decide(pictures, "looks");
  ASSERT_TRUE(decision) << decision.error().message;
  EXPECT_EQ(First(world, *decision), "eyes");
  EXPECT_EQ(decision->reason, "floor");
  EXPECT_EQ(world.Why(*decision, "sim/blind"), "capability:vision");
  EXPECT_EQ(First(world, *world.Decide(Asking("what is this"), "looks")), "blind");
}

TEST(FloorRoute, AStrangeLanguageGoesToTheDearestTier) {
  const World world(kConfig, AllProven());
  const auto decision = world.Decide(Asking("Почему небо синее?"), "auto");
  EXPECT_EQ(decision->reason, "learned:unfamiliar");
  EXPECT_EQ(First(world, *decision), "large");
}

Conversation Warm(std::string model) {
  Conversation known;
  known.model = std::move(model);
  known.seen_tokens = 50'000;
  return known;
}

chat::Request LaterTurn(std::string_view text) {
  chat::Request request = Asking(text);
  request.answers = 1;
  request.other_bytes = 150'000;
  return request;
}

TEST(FloorRoute, AWarmModelThatKeepsItStaysWhileLeavingDoesNotPay) {
  const World world(kConfig, AllProven());
  const chat::Request request = LaterTurn("and the capital of Spain?");
  const Conversation large = Warm("sim/large");
  const auto kept = world.Decide(request, "auto", WishSource::kBody, &large);
  EXPECT_EQ(First(world, *kept), "large") << "50,000 tokens at 0.4 are cheaper than at 1";
  const Conversation tiny = Warm("sim/tiny");
  const auto moved = world.Decide(request, "auto", WishSource::kBody, &tiny);
  EXPECT_EQ(First(world, *moved), "middle") << "quality is not weighed against a cache";
  EXPECT_EQ(moved->reason, "floor");
}

TEST(FloorRoute, AStalledLoopGoesToTheDearestTier) {
  const World world(kConfig, AllProven());
  chat::Request request = LaterTurn("");
  request.after_tool = true;
  request.tool_calls = request.repeated_calls = 3;
  const Conversation known = Warm("sim/middle");
  const auto decision = world.Decide(request, "auto", WishSource::kBody, &known);
  EXPECT_EQ(decision->reason, "escalated:stall");
  EXPECT_EQ(First(world, *decision), "large");
}

TEST(FloorRoute, TheThresholdsStandInThePolicy) {
  const World world(kConfig, AllProven());
  const auto decision = world.Decide(Asking("hi"), "auto");
  std::string policy;
  AppendPolicyJson(*decision, world.directory(), &policy);
  EXPECT_THAT(policy, HasSubstr(R"({"floor":0.97,"in_force":true,"threshold":0.8543)"));
  EXPECT_THAT(policy, HasSubstr(R"("baseline":"sim/judge")"));
  EXPECT_THAT(policy, HasSubstr(R"("sim/tiny":{"p":0.5,"basis":"own","labels":500})"));
  EXPECT_THAT(ExplainText(*decision, world.directory()),
              HasSubstr("floor       0.97 of sim/judge: P(ok) 0.854 or more"));
  EXPECT_THAT(ExplainJson(*decision, world.directory()), HasSubstr(R"("calibrated":true)"));
  EXPECT_THAT(ScoreJson("1", *decision, world.directory()), HasSubstr(R"("sim/tiny":0.5)"));
}

TEST(FloorRoute, DamagedWeightsAreRefused) {
  std::string bytes = AllProven();
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_FALSE(MakeRouter(kConfig, bytes));
}

// Random models: the upstream names stay, aliases and the order of the section do not matter.
struct Drawn {
  std::string alias, upstream;
  int input, output;
};
std::string ConfigOf(const std::vector<Drawn>& models, std::string_view until) {
  std::string config = "providers: {sim: {api: simulator}}\nmodels:\n";
  std::string names;
  for (const Drawn& model : models) {
    config +=
        fmt::format("  {}: {{provider: sim, upstream: {}, price: {{input: {}, output: {}}}}}\n",
                    model.alias, model.upstream, model.input, model.output);
    if (model.upstream != "u-base") names += (names.empty() ? "" : ", ") + model.alias;
  }
  return config + fmt::format(
                      "routes: {{auto: {{models: [{}], floor: 0.9, baseline: {}, "
                      "until_proven: {}}}}}\n",
                      names, models.front().alias, until);
}

std::string UpstreamOf(const World& world, std::string_view prompt) {
  const auto decision = world.Decide(Asking(prompt), "auto");
  if (!decision) return decision.error().message;
  return world.directory().model(decision->candidates.at(0).model).upstream;
}

TEST(FloorRoute, RenamingChangesNothingAndANewModelOnlyWhatItWins) {
  std::mt19937 random(5);
  const std::string own = WeightsOf(
      {{"u-base", 1.5}, {"u-0", -1}, {"u-1", 1.3}, {"u-2", 1.4}, {"u-3", 2}, {"u-4", 1.6}});
  for (int round = 0; round < 40; ++round) {
    std::vector<Drawn> models = {{"base", "u-base", 10, 20}};
    for (int i = 0; i < 4; ++i) {
      models.push_back({fmt::format("m{}", i), fmt::format("u-{}", i),
                        static_cast<int>(1 + random() % 12), static_cast<int>(1 + random() % 30)});
    }
    const std::string_view until = round % 2 == 0 ? "tiers" : "baseline";
    const std::string_view weights = round % 4 < 2 ? std::string_view(own) : std::string_view();
    std::vector<Drawn> renamed = models;
    for (Drawn& model : renamed) model.alias = fmt::format("z{}", 9 - model.upstream.back() % 7);
    std::vector<Drawn> more = models;
    more.push_back({"m4", "u-4", static_cast<int>(1 + random() % 12), 1 + round % 30});
    const World before(ConfigOf(models, until), weights);
    const World other(ConfigOf(renamed, until), weights);
    const World added(ConfigOf(more, until), weights);
    for (const std::string_view prompt : {"hi", "write a SQL query that joins three tables",
                                          "prove that there are infinitely many primes"}) {
      const std::string was = UpstreamOf(before, prompt);
      EXPECT_EQ(UpstreamOf(other, prompt), was) << round;
      const std::string is = UpstreamOf(added, prompt);
      if (is != "u-4") {
        EXPECT_EQ(is, was) << round << ' ' << until << ' ' << prompt;
      }
    }
  }
}

// What verdicts say of each model, by its name.
struct Told final : HealthView {
  std::map<std::string, Trust> trust;
  std::optional<Trust> TrustIn(const catalog::Route& route, int measured, double,
                               std::string_view) const override {
    const auto found = trust.find(route.quality->measured[static_cast<size_t>(measured)].name);
    return found == trust.end() ? std::nullopt : std::optional(found->second);
  }
};

std::string Measuring() {
  std::string config(kConfig);
  for (const std::string_view name : {"baseline: judge}", "until_proven: baseline}"}) {
    for (size_t at = 0; (at = config.find(name, at)) != std::string::npos;) {
      at += name.size() - 1;
      config.insert(at, ", quality: {sample: 1%, judge: large}");
    }
  }
  return config;
}

// "tiny answers, middle probe": who can be measured by the request; "beside": it is not its own.
std::string Measurables(const Decision& decision) {
  std::string text;
  for (const Measurable& entry : decision.measurable) {
    const auto& measured = decision.route->quality->measured[static_cast<size_t>(entry.index)];
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", measured.name.substr(4),
                        entry.answers ? "answers"
                        : entry.own   ? "probe"
                                      : "beside");
  }
  return text;
}

TEST(FloorRoute, VerdictsProveAModelWithoutLabels) {
  const World world(Measuring());
  Told told;
  told.trust["sim/tiny"] = {100, true, 0.7, 0.01};
  const auto decision = world.router().Decide(Asking("hi"), {"auto"}, told);
  ASSERT_TRUE(decision) << decision.error().message;
  EXPECT_EQ(decision->reason, "floor");
  EXPECT_EQ(First(world, *decision), "tiny");
  const Chance& chance = *ChanceOf(*decision, world.directory().FindModel("sim/tiny"));
  EXPECT_EQ(chance.basis, Basis::kVerdicts);
  EXPECT_EQ(chance.labels, 100u);
  EXPECT_NEAR(chance.good,
              ChanceOf(*decision, world.directory().FindModel("sim/judge"))->good - 0.01, 1e-12);
  EXPECT_EQ(Measurables(*decision), "tiny answers, middle beside, large beside");
  told.trust["sim/tiny"].verdicts = 99;
  EXPECT_EQ(world.router().Decide(Asking("hi"), {"auto"}, told)->reason, "floor:unproven");
}

TEST(FloorRoute, WhoIsNotTrustedIsPassedOverAndAskedBesides) {
  const World world(Measuring(), AllProven());
  Told told;
  told.trust["sim/middle"] = {300, false, 0.2, 0.2};
  const auto decision = world.router().Decide(Asking("hi"), {"auto"}, told);
  EXPECT_EQ(First(world, *decision), "large");
  EXPECT_EQ(decision->reason, "floor");
  EXPECT_THAT(world.Why(*decision, "sim/middle"), HasSubstr("below_floor:verdicts: need 0"));
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle probe, large answers");
}

TEST(FloorRoute, LabelsDecideUntilThereAreVerdicts) {
  const World world(Measuring(), AllProven());
  const Told nothing;
  const auto decision = world.router().Decide(Asking("hi"), {"auto"}, nothing);
  EXPECT_EQ(First(world, *decision), "middle");
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle answers, large beside");
  EXPECT_GT(decision->measurable[0].need, kNeedAtFloor);
  EXPECT_LT(decision->measurable[1].need, kNeedAtFloor);
  Told told;
  told.trust["sim/tiny"] = {200, true, 0.9, 0};
  EXPECT_EQ(First(world, *world.router().Decide(Asking("hi"), {"auto"}, told)), "tiny")
      << "what its labels have underrated";
}

TEST(FloorRoute, OfEqualPriceTheOneThatIsNotTrustedIsProbedAsItsOwn) {
  std::string config = Measuring();
  config.replace(config.find("{input: 0.1, output: 0.2}"), 25, "{input: 1.0, output: 2.0}");
  const World world(config, AllProven());
  const auto decision = world.Decide(Asking("hi"), "auto");
  ASSERT_EQ(First(world, *decision), "middle");
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle answers, large beside");
}

// The conversation stays at the dear model for its warm prompt; what the policy would take is
// trusted, and counted as traffic that loses nothing.
TEST(FloorRoute, WhatAConversationKeepsElsewhereIsMeasuredAllTheSame) {
  const World world(Measuring(), AllProven());
  const chat::Request request = LaterTurn("and the capital of Spain?");
  const Conversation known = Warm("sim/large");
  const auto decision = world.Decide(request, "auto", WishSource::kBody, &known);
  ASSERT_EQ(First(world, *decision), "large") << decision->reason;
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle beside, large answers");
}

TEST(FloorRoute, WhileUnprovenABrakeHandsUpwards) {
  const World world(Measuring());
  Told told;
  told.trust["sim/tiny"] = {40, false, 0.3, 0};
  const auto decision = world.router().Decide(Asking("hi"), {"auto"}, told);
  EXPECT_EQ(decision->reason, "quality");
  EXPECT_EQ(First(world, *decision), "middle");
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle answers, large beside");
}

TEST(FloorRoute, WhereTheBaselineAnswersAllCheaperOnesAreProbed) {
  const World world(Measuring());
  const auto decision = world.Decide(Asking("hi"), "safe");
  EXPECT_EQ(First(world, *decision), "judge");
  EXPECT_EQ(Measurables(*decision), "tiny probe, middle probe, large probe");
}

TEST(FloorRoute, AKeptModelsNeedIsWorkedOutWhenItIsAskedFor) {
  const World world(Measuring(), AllProven());
  chat::Request request = LaterTurn("");
  request.after_tool = true;
  Conversation known = Warm("sim/middle");
  auto decision = world.Decide(request, "auto", WishSource::kBody, &known);
  ASSERT_EQ(decision->reason, "sticky:tools");
  ASSERT_EQ(Measurables(*decision), "middle answers");
  EXPECT_LT(decision->measurable[0].need, 0);
  world.router().AddChances(request, &*decision);
  EXPECT_GE(decision->measurable[0].need, 0);
  EXPECT_LT(decision->measurable[0].need, kNeedAtFloor);
}

TEST(FloorRoute, EachModelStartsAsItIsUsed) {
  const auto starts = [](const World& world, std::string_view name) {
    const catalog::Route& route = *world.directory().FindRoute(name);
    std::string text;
    for (size_t i = 0; i < route.quality->measured.size(); ++i) {
      const Router::Start start = world.router().StartOf(route, i);
      text += fmt::format("{} {:.2g}{} ", route.quality->measured[i].name.substr(4), start.crest,
                          start.scale % 2 == 1 ? " by labels" : "");
    }
    return text;
  };
  const World plain(Measuring());
  EXPECT_EQ(starts(plain, "auto"), "tiny 0.6 middle 0.9 large 1 ");
  EXPECT_EQ(starts(plain, "safe"), "tiny 0 middle 0 large 0 ");
  const World own(Measuring(), AllProven());
  EXPECT_EQ(starts(own, "safe"), "tiny 0.5 by labels middle 0.5 by labels large 0.5 by labels ");
}

}  // namespace
}  // namespace weir::route
