// Conversations as clients see them, through the whole data plane.
#include <fmt/format.h>

#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

using std::chrono::minutes;

constexpr std::string_view kHard = "design a lock-free queue";
constexpr std::string_view kKeyA = "authorization: Bearer key-a\r\n";
constexpr std::string_view kKeyB = "authorization: Bearer key-b\r\n";

std::string Said(std::string_view role, std::string_view text) {
  return fmt::format(R"({{"role":"{}","content":"{}"}})", role, text);
}
std::string Called(std::string_view arguments) {
  return fmt::format(
      R"({{"role":"assistant","content":null,"tool_calls":[{{"id":"c","type":"function",)"
      R"("function":{{"name":"run","arguments":"{}"}}}}]}},)"
      R"({{"role":"tool","tool_call_id":"c","content":"done"}})",
      arguments);
}
std::string Body(std::string_view messages, std::string_view more = "") {
  return fmt::format(R"({{"model":"auto","messages":[{}]{}}})", messages, more);
}

class ExchangeConversationTest : public GatewayTest {
 protected:
  void LoadSticky(std::string_view options = "") {
    World world;
    world.auto_more = options;
    Load(world);
    for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
      upstream->Handle([](const SeenRequest& seen) {
        return seen.body.find("\"stream\":true") == std::string::npos
                   ? Script::Json(ChatReply("ok"))
                   : Script::Stream(WholeStream("ok"));
      });
    }
  }
  // "reason model"
  std::string How(const std::string& body, std::string_view headers = kKeyA) {
    const Client::Answer answer = Ask(body, headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string model = answer.Header("x-weir-model");
    return answer.Header("x-weir-reason") + " " + model.substr(model.find('/') + 1);
  }
  std::string Opening() const { return Said("user", kHard); }
  std::string WithYes() const {
    return Opening() + "," + Said("assistant", "shall I?") + "," + Said("user", "yes");
  }
};

TEST_F(ExchangeConversationTest, AConsentAndTheLoopBehindItKeepTheModel) {
  LoadSticky();
  EXPECT_TRUE(How(Body(Opening())).ends_with(" large"));
  EXPECT_EQ(How(Body(WithYes())), "sticky:approval large");
  EXPECT_EQ(How(Body(WithYes() + "," + Called("1"))), "sticky:tools large");
  EXPECT_EQ(row().reason, "sticky:tools");
  EXPECT_EQ(row().tier, "complex");
}

TEST_F(ExchangeConversationTest, AStreamIsATurnToo) {
  LoadSticky();
  EXPECT_TRUE(How(Body(Opening(), R"(,"stream":true)")).ends_with(" large"));
  EXPECT_EQ(How(Body(WithYes(), R"(,"stream":true)")), "sticky:approval large");
}

TEST_F(ExchangeConversationTest, AnotherKeyIsAnotherConversation) {
  LoadSticky();
  How(Body(Opening()));
  EXPECT_EQ(How(Body(WithYes()), kKeyB), "default middle");
  EXPECT_EQ(How(Body(WithYes()), ""), "default middle");
  EXPECT_EQ(How(Body(WithYes())), "sticky:approval large");
}

TEST_F(ExchangeConversationTest, WhatFailedIsNoTurn) {
  LoadSticky();
  third_.Enqueue(Script::Json(ErrorReply("no"), 400));
  EXPECT_EQ(Ask(Body(Opening()), kKeyA).status, 400);
  EXPECT_EQ(How(Body(WithYes())), "default middle");
}

TEST_F(ExchangeConversationTest, ACutStreamIsNoTurn) {
  LoadSticky();
  const std::string stream = WholeStream("ok");
  third_.Enqueue(Script::Stream(stream).CutAt(RoleEvent().size() + ContentEvent("ok").size(),
                                              Script::Ending::kReset));
  Ask(Body(Opening(), R"(,"stream":true)"), kKeyA);
  EXPECT_EQ(How(Body(WithYes())), "default middle");
}

TEST_F(ExchangeConversationTest, ItIsForgottenAfterItsTime) {
  LoadSticky(", sticky: {ttl: 30m}");
  How(Body(Opening()));
  Pass(minutes(29));
  EXPECT_EQ(How(Body(WithYes())), "sticky:approval large");
  Pass(minutes(30));
  EXPECT_EQ(How(Body(WithYes())), "default middle");
}

TEST_F(ExchangeConversationTest, AHitChangesNothing) {
  LoadSticky(", cache: {mode: exact, ttl: 5h}");
  How(Body(Opening()));
  Pass(minutes(59));
  EXPECT_EQ(Ask(Body(Opening()), kKeyA).Header("x-weir-cache"), "hit");
  Pass(minutes(2));
  EXPECT_EQ(How(Body(WithYes())), "default middle") << "the hit was no turn";
}

TEST_F(ExchangeConversationTest, HousekeepingOfTheSessionLeavesItsModel) {
  LoadSticky();
  const std::string session = std::string(kKeyA) + "x-session-id: s\r\n";
  const std::string title =
      Body(Said("system", "You output ONLY a thread title.") + "," + Said("user", kHard));
  EXPECT_EQ(How(title, session), "housekeeping small");
  EXPECT_TRUE(How(Body(Opening()), session).ends_with(" large"));
  EXPECT_EQ(How(title, session), "housekeeping small");
  EXPECT_EQ(How(Body(Said("user", "yes")), session), "sticky:approval large");
}

TEST_F(ExchangeConversationTest, ASubAgentDoesNotTakeTheLoopWithIt) {
  LoadSticky();
  const std::string session = std::string(kKeyA) + "x-claude-code-session-id: s\r\n";
  How(Body(Opening()), session);
  const std::string sub = Said("system", "You search.") + "," + Said("user", "what is it");
  EXPECT_TRUE(How(Body(sub), session).ends_with(" small"));
  EXPECT_EQ(How(Body(sub + "," + Called("2")), session), "sticky:tools small");
  EXPECT_EQ(How(Body(Opening() + "," + Called("1")), session), "sticky:tools large");
}

TEST_F(ExchangeConversationTest, AStalledLoopEscalatesOnceATurn) {
  LoadSticky();
  std::string messages = Said("user", "what is it");
  EXPECT_TRUE(How(Body(messages)).ends_with(" small"));
  messages += "," + Called("1") + "," + Called("1");
  EXPECT_EQ(How(Body(messages)), "sticky:tools small");
  messages += "," + Called("1");
  EXPECT_EQ(How(Body(messages)), "escalated:stall middle");
  EXPECT_EQ(How(Body(messages)), "sticky:tools middle") << "the same turn again";
  messages += "," + Called("1");
  EXPECT_EQ(How(Body(messages)), "escalated:stall large");
  messages += "," + Called("2");
  EXPECT_EQ(How(Body(messages)), "sticky:tools large");
}

TEST_F(ExchangeConversationTest, WhoAnsweredInAnothersPlaceIsKept) {
  LoadSticky();
  const std::string messages = Said("user", "what is it");
  first_.Enqueue(Script::Json(ErrorReply("down"), 500));
  EXPECT_TRUE(How(Body(messages)).ends_with(" middle"));
  EXPECT_EQ(How(Body(messages + "," + Called("1"))), "sticky:tools middle");
}

TEST_F(ExchangeConversationTest, PinsAreNoTurnsOfTheRoute) {
  LoadSticky();
  How(Body(Opening()));
  EXPECT_EQ(How(Body(WithYes()), std::string(kKeyA) + "x-weir-model: small\r\n"), "override small");
  EXPECT_EQ(How(Body(WithYes())), "sticky:approval large");
}

TEST_F(ExchangeConversationTest, FalseRoutesEachTurnAnew) {
  LoadSticky(", sticky: false");
  How(Body(Opening()));
  EXPECT_TRUE(How(Body(WithYes())).starts_with("seed:"));
}

// The baseline would have had the conversation in its cache, whoever answered here.
TEST_F(ExchangeConversationTest, TheBaselineIsWarmWhetherTheRouteSticksOrNot) {
  for (const std::string_view sticky : {", sticky: false", ", sticky: true"}) {
    LoadSticky(sticky);
    const std::string key = fmt::format("authorization: Bearer {}\r\n", sticky.substr(2));
    const std::string question = Said("user", "thanks");
    How(Body(question), key);
    const NanoUsd cold = *row().baseline_cost;
    How(Body(question + "," + Said("assistant", "welcome") + "," + Said("user", "thanks")), key);
    EXPECT_LT(row().baseline_cost->nano, cold.nano) << sticky << ": as many tokens, some warm";
  }
}

}  // namespace
}  // namespace weir::gateway
