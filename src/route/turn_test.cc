// What a conversation's memory changes in a decision, each rule and its switch.
#include <gtest/gtest.h>

#include "route/world_for_test.h"

namespace weir::route {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// What the seed classifier calls simple, medium and complex.
constexpr std::string_view kSimple = "what is it", kComplex = "design a lock-free queue";

// A tier down earns less than 100,000 warm tokens are worth, two tiers down earn more.
std::string Yaml(std::string_view sticky) {
  return fmt::format(R"(
providers: {{sim: {{api: simulator}}}}
models:
  cheap: {{provider: sim, price: {{input: 0.1, cached_input: 0.01, output: 0.4}}, capabilities: [chat, tools]}}
  near:  {{provider: sim, price: {{input: 2, cached_input: 0.2, output: 10}}, capabilities: [chat, tools]}}
  dear:  {{provider: sim, price: {{input: 3, cached_input: 0.3, output: 15}}, context: 200k}}
  other: {{provider: sim, price: {{input: 3, cached_input: 0.3, output: 15}}}}
  eyes:  {{provider: sim}}
routes:
  auto:
    classifier: seed
    tiers: {{simple: cheap, medium: near, complex: dear}}
    rules: [{{name: legal, match: court, tier: simple}}, {{name: looking, match: picture, model: eyes}}]
    sticky: {}
  flat:
    classifier: seed
    tiers: {{simple: near, complex: dear}}
    sticky: {}
)",
                     sticky, sticky);
}

class TurnTest : public ::testing::Test {
 protected:
  void Load(std::string_view sticky) { world_.emplace(Yaml(sticky)); }
  // "reason model", of a request with answers before it.
  std::string Turn(std::string_view text, std::string_view route = "auto") {
    request_.last_user = text;
    if (request_.all_text.empty()) request_.all_text = text;
    decision_ = world_->Decide(request_, route, &known_);
    return std::string(decision_.reason) + " " + Model();
  }
  std::string Model() const {
    return world_->directory().model(decision_.candidates.front().model).alias;
  }
  void Remember(std::string_view model, std::string_view tier) {
    known_.model = fmt::format("sim/{}", model);
    known_.tier = tier;
  }
  static chat::Request Later() {
    chat::Request request;
    request.answers = 1;
    request.messages = 3;
    request.text_bytes = 303'000;  // 101,012 tokens
    return request;
  }
  static Conversation Known() {
    return {.model = "sim/dear",
            .tier = "complex",
            .score = 0.9,
            .age = seconds(10),
            .seen_tokens = 100'000,
            .tool_calls = 1};
  }
  void Loop(int repeated, int calls = 7) {
    request_.after_tool = true;
    request_.has_tools = true;
    request_.tool_calls = calls;
    request_.repeated_calls = repeated;
  }

  struct Deciding : World {
    using World::World;
    Decision Decide(const chat::Request& request, std::string_view name,
                    const Conversation* known) {
      auto decision = router().Decide(request, {name, WishSource::kBody}, health(), known);
      EXPECT_TRUE(decision) << decision.error().message;
      return decision ? *std::move(decision) : Decision{};
    }
  };
  std::optional<Deciding> world_{Yaml("true")};
  chat::Request request_ = Later();
  Conversation known_ = Known();
  Decision decision_;
};

TEST_F(TurnTest, AToolLoopKeepsItsModel) {
  Loop(1);
  EXPECT_EQ(Turn(kSimple), "sticky:tools dear");
  EXPECT_EQ(decision_.tier, "complex");
  EXPECT_EQ(decision_.score, 0.9);
  Remember("cheap", "simple");
  EXPECT_EQ(Turn(kComplex), "sticky:tools cheap");
  EXPECT_EQ(decision_.candidates.size() + decision_.rejected.size(), 4U) << "others say why not";
}

TEST_F(TurnTest, AToolLoopNobodyRemembersIsClassified) {
  Loop(1);
  known_.model = "sim/gone";
  EXPECT_EQ(Turn(kComplex).substr(0, 5), "seed:");
  Remember("other", "complex");
  EXPECT_EQ(Turn(kComplex).substr(0, 5), "seed:") << "not of this route any more";
}

TEST_F(TurnTest, AToolLoopIsSwitchable) {
  Load("{tool_loops: false, prompt_cache: false}");
  Loop(1);
  EXPECT_EQ(Turn(kSimple).substr(0, 5), "seed:");
}

TEST_F(TurnTest, AConsentInherits) {
  EXPECT_EQ(Turn("yes"), "sticky:approval dear");
  EXPECT_EQ(Turn("好的"), "sticky:approval dear");
  Remember("cheap", "simple");
  EXPECT_EQ(Turn("Commit it."), "sticky:approval cheap");
  Load("{approvals: false, prompt_cache: false}");
  Remember("dear", "complex");
  EXPECT_NE(Turn("yes").substr(0, 6), "sticky");
}

TEST_F(TurnTest, AConsentToNobodyKnowsWhatGoesToTheDefault) {
  known_.model = "sim/gone";
  EXPECT_EQ(Turn("yes"), "default near");
  request_.answers = 0;
  EXPECT_EQ(Turn("yes").substr(0, 5), "seed:") << "a first message consents to nothing";
}

TEST_F(TurnTest, AConsentOfANamedSessionNeedsNoHistory) {
  request_.answers = 0;
  known_.same_opening = false;
  EXPECT_EQ(Turn("yes"), "sticky:approval dear");
}

TEST_F(TurnTest, AHarderTurnMovesUp) {
  Remember("cheap", "simple");
  EXPECT_EQ(Turn(kComplex).substr(0, 5), "seed:");
  EXPECT_EQ(Model(), "dear");
  EXPECT_FALSE(decision_.weighed);
}

TEST_F(TurnTest, AnEasierTurnMovesDownWhereThatPays) {
  EXPECT_EQ(Turn(kSimple).substr(0, 5), "seed:");
  EXPECT_EQ(Model(), "cheap");
  ASSERT_TRUE(decision_.weighed);
  EXPECT_TRUE(decision_.weighed->Pays());
}

TEST_F(TurnTest, AnEasierTurnStaysWhereLeavingCostsMore) {
  EXPECT_EQ(Turn(kSimple, "flat"), "sticky dear");
  EXPECT_EQ(decision_.tier, "complex");
  ASSERT_TRUE(decision_.weighed);
  EXPECT_GT(decision_.weighed->leave->nano, decision_.weighed->stay->nano);
  known_.age = minutes(5);
  EXPECT_EQ(Turn(kSimple, "flat").substr(0, 5), "seed:") << "nothing is warm any more";
  EXPECT_EQ(Model(), "near");
  known_.age = seconds(1);
  Load("{prompt_cache: false}");
  EXPECT_EQ(Turn(kSimple, "flat").substr(0, 5), "seed:");
  EXPECT_FALSE(decision_.weighed);
}

TEST_F(TurnTest, ManyEasierTurnsMoveInTheEnd) {
  int stayed = 0;
  while (Turn(kSimple, "flat") == "sticky dear" && stayed < 100) {
    known_.forgone = decision_.forgone;
    EXPECT_GT(known_.forgone.nano, 0);
    ++stayed;
    Loop(1);
    EXPECT_EQ(Turn(kSimple, "flat"), "sticky:tools dear");
    EXPECT_EQ(decision_.forgone, known_.forgone) << "a loop's turn leaves the account as it is";
    request_ = Later();
  }
  EXPECT_EQ(Model(), "near");
  EXPECT_GT(stayed, 3);
  EXPECT_LT(stayed, 30);
  EXPECT_EQ(decision_.forgone.nano, 0);
  known_.forgone = {1};
  Turn(kComplex, "flat");
  EXPECT_EQ(decision_.forgone.nano, 0) << "the account is of easier turns in a row";
}

TEST_F(TurnTest, AModelThatAnsweredInAnothersPlaceStaysWhileItIsWarm) {
  Remember("eyes", "medium");
  known_.tier = "complex";
  EXPECT_EQ(Turn(kComplex), "sticky eyes") << "unpriced: nothing shows that leaving pays";
}

TEST_F(TurnTest, AFirstTurnIsFree) {
  request_.answers = 0;
  EXPECT_EQ(Turn(kSimple, "flat").substr(0, 5), "seed:");
  EXPECT_EQ(Model(), "near");
}

TEST_F(TurnTest, AStalledLoopGoesATierUp) {
  Remember("cheap", "simple");
  Loop(3);
  EXPECT_EQ(Turn(kSimple), "escalated:stall near");
  EXPECT_EQ(decision_.tier, "medium");
  EXPECT_GE(decision_.score, 0.5);
  Loop(2);
  EXPECT_EQ(Turn(kSimple), "sticky:tools cheap");
  Remember("dear", "complex");
  Loop(6);
  EXPECT_EQ(Turn(kSimple), "sticky:tools dear") << "there is nothing above";
}

TEST_F(TurnTest, ATurnThatComesAgainDoesNotEscalateAgain) {
  Remember("near", "medium");
  Loop(3);
  known_.tool_calls = request_.tool_calls;
  EXPECT_EQ(Turn(kSimple), "sticky:tools near");
}

TEST_F(TurnTest, AStalledLoopThatNobodyRemembersGoesATierUpToo) {
  known_.model = "sim/gone";
  Loop(3);
  EXPECT_EQ(Turn(kSimple), "escalated:stall near");
}

TEST_F(TurnTest, StallsAreSwitchable) {
  Remember("cheap", "simple");
  Load("{stalls: 0}");
  Loop(6);
  EXPECT_EQ(Turn(kSimple), "sticky:tools cheap");
  Load("{stalls: 5}");
  Loop(4);
  EXPECT_EQ(Turn(kSimple), "sticky:tools cheap");
  Loop(5);
  EXPECT_EQ(Turn(kSimple), "escalated:stall near");
}

TEST_F(TurnTest, HousekeepingGoesToTheCheapest) {
  const std::string system = "You output ONLY a thread title.\n";
  const std::string all = system + std::string(kComplex);
  request_.all_text = all;
  request_.instruction_bytes = system.size();
  EXPECT_EQ(Turn(kComplex), "housekeeping cheap");
  EXPECT_EQ(decision_.tier, "simple");
  request_.has_tools = true;
  EXPECT_NE(Turn(kComplex), "housekeeping cheap");
  request_.has_tools = false;
  Load("{housekeeping: false}");
  EXPECT_NE(Turn(kComplex), "housekeeping cheap");
}

TEST_F(TurnTest, RulesAndPinsWin) {
  Loop(3);
  request_.all_text = "court";
  EXPECT_EQ(Turn("in court"), "rule:legal cheap");
  EXPECT_EQ(Turn("a picture"), "rule:looking eyes");
  EXPECT_EQ(Turn("yes", "near"), "pinned near");
}

TEST_F(TurnTest, AModelThatDoesNotFitIsNotKept) {
  Loop(1);
  request_.text_bytes = 900'000;  // more than the window of `dear`
  EXPECT_NE(Turn(kSimple).substr(0, 6), "sticky");
  request_ = Later();
  Remember("near", "medium");
  request_.images = 1;  // which `near` cannot see
  EXPECT_NE(Turn("yes").substr(0, 6), "sticky");
}

TEST_F(TurnTest, AnUnhealthyModelIsNotKept) {
  Loop(1);
  world_->Sicken("sim/dear");
  EXPECT_EQ(Turn(kSimple).substr(0, 5), "seed:");
  EXPECT_EQ(Model(), "cheap");
}

TEST_F(TurnTest, FalseForgetsEverything) {
  Load("false");
  Loop(6);
  EXPECT_EQ(Turn(kSimple).substr(0, 5), "seed:");
  request_ = Later();
  EXPECT_EQ(Turn(kSimple, "flat").substr(0, 5), "seed:");
}

TEST_F(TurnTest, ExplainShowsWhatWasWeighed) {
  Turn(kSimple, "flat");
  const std::string text = ExplainText(decision_, world_->directory());
  EXPECT_NE(text.find("sim/dear to sim/near: does not pay; staying $"), std::string::npos) << text;
  const std::string json = ExplainJson(decision_, world_->directory());
  EXPECT_NE(json.find(R"("switch":{"from":"sim/dear","to":"sim/near","warm_tokens":100000)"),
            std::string::npos)
      << json;
  known_.model = "sim/gone";
  Turn(kSimple, "flat");
  EXPECT_EQ(ExplainText(decision_, world_->directory()).find("switch"), std::string::npos);
}

}  // namespace
}  // namespace weir::route
