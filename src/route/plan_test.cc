#include "route/plan.h"

#include <gtest/gtest.h>

#include "route/world_for_test.h"

namespace weir::route {
namespace {

using PlanTest = WorldTest;

TEST_F(PlanTest, OtherTiersAreRejectedByWhichSideTheyLieOn) {
  const Decision medium = Decide(Asking("a heron"));
  EXPECT_EQ(world_.Why(medium, "sim/flash"), "too_weak");
  EXPECT_EQ(world_.Why(medium, "two/strong"), "other_chain");
  const Decision simple = Decide(Asking("what is a weir"));
  EXPECT_EQ(world_.Why(simple, "sim/reasoner"), "dearer");
  EXPECT_EQ(world_.Why(simple, "two/chat"), "dearer");
  const Decision tierless = Decide(Asking("strongest please"));
  EXPECT_EQ(world_.Why(tierless, "sim/flash"), "other_chain");
}

TEST_F(PlanTest, AModelThatLacksACapabilityGivesWayToADearerTier) {
  chat::Request request = Asking("what is a weir");
  request.wants_json_object = true;
  const Decision dearer = Decide(request);
  EXPECT_EQ(dearer.tier, "simple");
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/chat two/chat sim/reasoner");
  EXPECT_EQ(world_.Why(dearer, "sim/flash"), "capability:json_object");
  EXPECT_EQ(world_.Why(dearer, "two/qwen"), "capability:json_object");
  EXPECT_EQ(world_.directory().model(dearer.preferred).name, "sim/flash");
  request.wants_json_schema = true;
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/reasoner");
}

TEST_F(PlanTest, ThenToACheaperOneThenToAnyModelOfTheRoute) {
  chat::Request request = Asking("design a weir");
  request.endpoint = chat::Endpoint::kCompletions;
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/chat two/chat");
  chat::Request vision = Asking("design a weir");
  vision.images = 1;
  EXPECT_EQ(world_.Chain(vision, "plain"), "two/qwen");
}

TEST_F(PlanTest, FallbacksPassTheSameGates) {
  chat::Request request = Asking("what is a weir");
  request.has_tools = true;
  const Decision decision = Decide(request);
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/flash sim/chat");
  EXPECT_EQ(world_.Why(decision, "two/qwen"), "capability:tools");
}

TEST_F(PlanTest, TheWindowGatesTheFirstChoiceAndEachFallback) {
  chat::Request request = Asking("what is a weir");
  request.max_tokens = 15'000;
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/chat two/chat two/qwen sim/reasoner");
  request.max_tokens = 30'000;
  const Decision decision = Decide(request);
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/reasoner two/qwen");
  EXPECT_TRUE(world_.Why(decision, "sim/flash").starts_with("context:30"));
}

TEST_F(PlanTest, TheWindowMayBeFilledToTheLastToken) {
  chat::Request request = Asking("what is a weir");
  request.max_tokens = 10'000 - request.EstimatedPromptTokens();
  EXPECT_EQ(world_.directory().model(Decide(request).candidates[0].model).name, "sim/flash");
  ++request.max_tokens;
  EXPECT_EQ(world_.directory().model(Decide(request).candidates[0].model).name, "sim/chat");
}

TEST_F(PlanTest, WhenOnlyTheWindowIsTooSmallItSaysSo) {
  chat::Request request = Asking("what is a weir");
  request.max_tokens = 100'000;
  auto decision = world_.Decide(request, "plain");
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().reason, Reason::kContextTooLong);
  EXPECT_NE(decision.error().message.find("80000 (two/qwen)"), std::string::npos)
      << decision.error().message;
  request.max_tokens = INT64_MAX;
  EXPECT_EQ(world_.Chain(request, "plain"), "context_length_exceeded");
}

TEST_F(PlanTest, WhenNothingFitsTheNearestMissIsNamed) {
  chat::Request request = Asking("what is a weir");
  request.images = 1;
  request.has_tools = true;
  auto decision = world_.Decide(request, "plain");
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().reason, Reason::kNoEligibleModel);
  EXPECT_NE(decision.error().message.find("lacks vision"), std::string::npos)
      << decision.error().message;
  chat::Request embedding = Asking("a heron");
  embedding.endpoint = chat::Endpoint::kEmbeddings;
  EXPECT_EQ(world_.Chain(embedding, "auto"), "no_eligible_model");
}

TEST_F(PlanTest, APinIsNotRefusedByEstimateOrCapabilitiesButItsFallbacksAre) {
  chat::Request request = Asking("design a weir");
  request.wants_json_object = true;
  request.max_tokens = 30'000;
  const Decision decision = Decide(request, "flash");
  EXPECT_EQ(world_.Chain(request, "flash"), "sim/flash");
  EXPECT_EQ(decision.reason, "pinned");
  EXPECT_EQ(decision.route, nullptr);
  EXPECT_EQ(world_.Why(decision, "two/qwen"), "capability:json_object");
  EXPECT_TRUE(world_.Why(decision, "sim/chat").starts_with("context:30"));
  EXPECT_EQ(world_.Chain(Asking("x"), "chat"), "sim/chat two/chat two/qwen sim/reasoner");
}

TEST_F(PlanTest, ChainsAreNotTransitive) {
  EXPECT_EQ(world_.Chain(Asking("x"), "flash"), "sim/flash sim/chat two/qwen");
}

TEST_F(PlanTest, ReasoningIsPreferredWhileSomeModelInReachHasIt) {
  chat::Request request = Asking("what is a weir");
  request.wants_reasoning = true;
  EXPECT_EQ(world_.Chain(request, "auto"), "sim/reasoner");
  EXPECT_EQ(world_.Why(Decide(request), "sim/flash"), "capability:reasoning");
  request.max_tokens = 50'000;  // the reasoner's window is too small: the wish gives way
  EXPECT_EQ(world_.Chain(request, "auto"), "two/qwen");
}

TEST_F(PlanTest, EmbeddingsNeverChangeModel) {
  chat::Request request = Asking("what is a weir");
  request.endpoint = chat::Endpoint::kEmbeddings;
  EXPECT_EQ(world_.Chain(request, "embed-a"), "sim/embed-a two/embed-a");
  EXPECT_EQ(world_.Chain(request, "vectors"), "sim/embed-a two/embed-a");
  request.last_user = "design a court, cheap";
  request.text_bytes = 1 << 20;  // many inputs: the window is each one's
  EXPECT_EQ(world_.Chain(request, "vectors"), "sim/embed-a two/embed-a");
  EXPECT_EQ(Decide(request, "vectors").reason, "default");
  world_.Sicken("sim/embed-a");
  EXPECT_EQ(world_.Chain(request, "vectors"), "two/embed-a sim/embed-a");
}

TEST_F(PlanTest, ARouteOfSeveralModelsEmbedsWithOneWhateverTheText) {
  for (const char* text : {"what is a weir", "a heron", "design a weir"}) {
    chat::Request request = Asking(text);
    request.endpoint = chat::Endpoint::kEmbeddings;
    EXPECT_EQ(world_.Chain(request, "mixed"), "two/both sim/both") << text;
  }
  chat::Request request = Asking("what is a weir");
  request.endpoint = chat::Endpoint::kEmbeddings;
  EXPECT_EQ(world_.Chain(request, "embedders"), "sim/other");
  EXPECT_EQ(world_.Chain(Asking("a heron"), "mixed"), "sim/chat two/chat two/qwen sim/reasoner");
}

TEST_F(PlanTest, AModelThatOnlyEmbedsDoesNotChat) {
  const Decision decision = Decide(Asking("what is a weir"), "vectors");
  EXPECT_EQ(world_.Why(decision, "sim/embed-a"), "not_embedding");
  EXPECT_EQ(world_.Chain(Asking("what is a weir"), "vectors"), "two/qwen");
}

TEST_F(PlanTest, UnhealthyModelsGoLastAndTheLastDoorStaysOpen) {
  world_.Sicken("sim/flash");
  world_.Sicken("sim/chat");
  EXPECT_EQ(world_.Chain(Asking("what is a weir"), "auto"), "two/qwen sim/flash sim/chat");
  const Decision decision = Decide(Asking("what is a weir"));
  EXPECT_TRUE(decision.candidates[0].healthy);
  EXPECT_FALSE(decision.candidates[1].healthy);
  EXPECT_EQ(decision.preferred, decision.candidates[1].model);
  world_.Sicken("two/qwen");
  EXPECT_EQ(world_.Chain(Asking("what is a weir"), "auto"), "sim/flash sim/chat two/qwen");
  EXPECT_EQ(world_.Chain(Asking("what is a weir"), "alias"), "two/qwen");
}

TEST_F(PlanTest, TheExpectedCostIsThatOfTheEstimatedPromptAndAnAssumedAnswer) {
  chat::Request request = Asking("what is a weir");
  const int64_t prompt = request.EstimatedPromptTokens();
  const Decision assumed = Decide(request);
  EXPECT_TRUE(assumed.candidates[0].priced);
  EXPECT_EQ(assumed.estimated_prompt_tokens, prompt);
  EXPECT_EQ(assumed.candidates[0].expected_cost.nano, prompt * 70 + 512 * 140);
  request.max_tokens = 10;
  request.n = 3;
  EXPECT_EQ(Decide(request).candidates[0].expected_cost.nano, prompt * 70 + 30 * 140);
  request.max_tokens = 9'000;
  request.n = 1;
  EXPECT_EQ(Decide(request).candidates[0].expected_cost.nano, prompt * 70 + 512 * 140);
  const Decision unpriced = Decide(request, "strong");
  EXPECT_FALSE(unpriced.candidates[0].priced);
  EXPECT_EQ(unpriced.candidates[0].expected_cost.nano, 0);
}

// Every request of a small grid on every route: same answer twice; each model of the route stands
// in exactly one of the two lists; every routed candidate passes the gates.
TEST_F(PlanTest, EveryModelOfTheRouteIsChosenOrRejectedOnce) {
  const std::vector<std::string_view> of_auto = {"sim/flash",    "sim/chat", "two/chat",
                                                 "sim/reasoner", "two/qwen", "two/strong"};
  int decided = 0;
  for (int bits = 0; bits < 256; ++bits) {
    chat::Request request = Asking(bits & 1   ? "what is a weir"
                                   : bits & 2 ? "design it"
                                              : "a heron");
    request.has_tools = bits & 4;
    request.images = bits & 8 ? 1 : 0;
    request.wants_json_object = bits & 16;
    request.wants_reasoning = bits & 32;
    request.max_tokens = bits & 64 ? 15'000 : 0;
    if (bits & 128) request.endpoint = chat::Endpoint::kCompletions;
    auto once = world_.Decide(request, "auto");
    auto twice = world_.Decide(request, "auto");
    ASSERT_EQ(once.has_value(), twice.has_value());
    if (!once) continue;
    ++decided;
    EXPECT_EQ(ExplainJson(*once, world_.directory()), ExplainJson(*twice, world_.directory()));
    std::multiset<std::string_view> seen;
    for (const Candidate& entry : once->candidates) {
      seen.insert(world_.directory().model(entry.model).name);
    }
    for (const Rejected& entry : once->rejected) {
      seen.insert(world_.directory().model(entry.model).name);
    }
    EXPECT_EQ(seen, std::multiset<std::string_view>(of_auto.begin(), of_auto.end())) << bits;
  }
  EXPECT_GT(decided, 60);
}

TEST(Plan, AProviderWithoutItsKeyIsNeverACandidate) {
  const World world(R"(
providers: {openai: {}, sim: {api: simulator}}
models:
  keyless: {provider: openai, price: {input: 1, output: 1}}
  here: {provider: sim, price: {input: 1, output: 1}}
fallbacks: {keyless: [here], here: [keyless]}
routes: {auto: {classifier: seed, tiers: {simple: keyless, medium: here}}}
)");
  EXPECT_EQ(world.Chain(Asking("what is it"), "auto"), "sim/here");
  EXPECT_EQ(world.Why(*world.Decide(Asking("what is it"), "auto"), "openai/keyless"),
            "no_key:OPENAI_API_KEY");
  EXPECT_EQ(world.Chain(Asking("x"), "keyless"), "sim/here");
}

TEST(Plan, APinWhoseKeyIsMissingSaysSoWhenNothingElseIsLeft) {
  const World world(R"(
providers: {openai: {}, sim: {api: simulator}}
models: {keyless: {provider: openai}, here: {provider: sim}}
routes: {auto: {model: here}}
)");
  const auto decision = world.Decide(Asking("x"), "keyless");
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().reason, Reason::kNoEligibleModel);
  EXPECT_NE(decision.error().message.find("OPENAI_API_KEY is not set"), std::string::npos);
}

TEST(Plan, AMissingKeyIsNearerThanAMissingCapability) {
  const World world(R"(
providers: {openai: {}, sim: {api: simulator}}
models: {blind: {provider: sim, capabilities: [chat]}, keyless: {provider: openai}}
routes: {auto: {classifier: seed, tiers: {simple: blind, medium: keyless}}}
)");
  chat::Request request = Asking("what is it");
  request.images = 1;
  const auto decision = world.Decide(request, "auto");
  ASSERT_FALSE(decision);
  EXPECT_NE(decision.error().message.find("openai/keyless has no key"), std::string::npos)
      << decision.error().message;
}

}  // namespace
}  // namespace weir::route
