#include "route/explain.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "route/world_for_test.h"

namespace weir::route {
namespace {

constexpr std::string_view kConfig = R"(
providers: {sim: {api: simulator, allow_unknown: true}}
models:
  weak:   {provider: sim, price: {input: 1, output: 2}, context: 8k}
  strong: {provider: sim}
  eyes:   {provider: sim, capabilities: [chat, vision]}
fallbacks: {weak: [eyes]}
routes: {auto: {classifier: seed, tiers: {simple: weak, complex: strong}}}
)";

class ExplainTest : public ::testing::Test {
 protected:
  Decision Decide(std::string_view text, std::string_view name) {
    chat::Request request = Asking(text);
    request.has_tools = true;
    request.max_tokens = 100;
    auto decision = world_.Decide(request, name);
    EXPECT_TRUE(decision) << decision.error().message;
    return *decision;
  }
  World world_{kConfig};
};

TEST_F(ExplainTest, TextHoldsEveryReason) {
  world_.Sicken("strong");
  const std::string text = ExplainText(Decide("what is it", "auto"), world_.directory());
  for (const char* part :
       {"route       auto", "tier        simple", "seed:simple.3", "calibrated: no", "length=10",
        "1.  sim/weak", "expected", "rejected  sim/eyes    capability: tools",
        "rejected  sim/strong  dearer"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  const std::string pinned = ExplainText(Decide("x", "strong"), world_.directory());
  EXPECT_NE(pinned.find("unpriced, unhealthy"), std::string::npos) << pinned;
  EXPECT_NE(pinned.find("route       -"), std::string::npos) << pinned;
}

TEST_F(ExplainTest, JsonHoldsTheSame) {
  const Decision decision = Decide("what is it", "auto");
  simdjson::dom::parser parser;
  const simdjson::padded_string json(ExplainJson(decision, world_.directory()));
  simdjson::dom::element root;
  ASSERT_FALSE(parser.parse(json).get(root)) << json;
  EXPECT_EQ(std::string_view(root["route"]), "auto");
  EXPECT_EQ(std::string_view(root["tier"]), "simple");
  EXPECT_EQ(std::string_view(root["reason"]), "seed:simple.3");
  EXPECT_FALSE(bool(root["calibrated"]));
  EXPECT_EQ(int64_t(root["estimated_prompt_tokens"]), decision.estimated_prompt_tokens);
  EXPECT_EQ(int64_t(root["signals"]["tools"]), 1);
  simdjson::dom::element first = simdjson::dom::array(root["candidates"]).at(0);
  EXPECT_EQ(std::string_view(first["model"]), "sim/weak");
  const NanoUsd cost = decision.candidates.at(0).expected_cost;
  EXPECT_GT(cost.nano, 0);
  EXPECT_EQ(int64_t(first["expected_cost_nano"]), cost.nano);
  EXPECT_EQ(std::string_view(first["expected_cost_usd"]), FormatUsd(cost));
  EXPECT_TRUE(bool(first["healthy"]));
  EXPECT_EQ(simdjson::dom::array(root["rejected"]).size(), 2U);
  EXPECT_EQ(std::string_view(simdjson::dom::array(root["rejected"]).at(0)["why"]), "capability");
  EXPECT_EQ(std::string_view(simdjson::dom::array(root["rejected"]).at(0)["detail"]), "tools");
}

TEST_F(ExplainTest, AnUnpricedModelCostsNullNotZero) {
  const std::string json = ExplainJson(Decide("x", "strong"), world_.directory());
  EXPECT_NE(json.find(R"("expected_cost_nano":null,"expected_cost_usd":null)"), std::string::npos)
      << json;
}

TEST_F(ExplainTest, AScoreLineIsTheContractsObject) {
  const Decision decision = Decide("design it", "auto");
  const std::string line = ScoreJson(R"("a\"1")", decision, world_.directory());
  EXPECT_EQ(line,
            fmt::format(
                R"({{"id":"a\"1","score":{:.6g},"tier":"complex","model":"sim/strong","p":{{}}}})",
                decision.score));
}

TEST_F(ExplainTest, AnOpenPinHasAName) {
  const Decision decision = Decide("x", "sim/new-1");
  EXPECT_NE(ExplainJson(decision, world_.directory()).find(R"("model":"sim/new-1")"),
            std::string::npos);
  EXPECT_NE(ExplainText(decision, world_.directory()).find("sim/new-1"), std::string::npos);
}

}  // namespace
}  // namespace weir::route
