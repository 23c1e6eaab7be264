// Conversations of the real binary, over sockets and several workers.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

constexpr std::string_view kHard = "design a lock-free queue";
const Headers kKeyA = {{"authorization", "Bearer key-a"}};
const Headers kKeyB = {{"authorization", "Bearer key-b"}};

std::string Said(std::string_view role, std::string_view text) {
  return fmt::format(R"({{"role":"{}","content":"{}"}})", role, text);
}
std::string Called(int call) {
  return fmt::format(
      R"({{"role":"assistant","content":null,"tool_calls":[{{"id":"c","type":"function",)"
      R"("function":{{"name":"run","arguments":"{}"}}}}]}},)"
      R"({{"role":"tool","tool_call_id":"c","content":"done"}})",
      call);
}

class ConversationTest : public GatewayTest {
 protected:
  void StartSticky(std::string_view options = "") {
    World world;
    world.workers = 2;
    world.auto_more = options;
    Start(world);
    AllAnswer(Script::Json(ChatReply("ok")));
  }
  // "reason model"; each request on a connection of its own, at whichever worker.
  std::string How(std::string_view messages, const Headers& headers = kKeyA) {
    const HttpAnswer answer =
        Ask(fmt::format(R"({{"model":"auto","messages":[{}]}})", messages), headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string model = answer.Header("x-weir-model");
    return answer.Header("x-weir-reason") + " " + model.substr(model.find('/') + 1);
  }
};

TEST_F(ConversationTest, AToolLoopKeepsItsModel) {
  StartSticky();
  std::string messages = Said("user", kHard);
  EXPECT_THAT(How(messages), testing::EndsWith(" large"));
  messages += "," + Said("assistant", "shall I?") + "," + Said("user", "yes");
  EXPECT_EQ(How(messages), "sticky:approval large");
  for (int call = 0; call < 8; ++call) {
    messages += "," + Called(call);
    EXPECT_EQ(How(messages), "sticky:tools large") << call;
  }
}

TEST_F(ConversationTest, ClientsWithOneOpeningAndTwoKeysShareNothing) {
  StartSticky();
  const std::string opening = Said("user", kHard);
  const std::string yes = opening + "," + Said("assistant", "shall I?") + "," + Said("user", "yes");
  How(opening, kKeyA);
  EXPECT_EQ(How(yes, kKeyB), "default middle");
  EXPECT_EQ(How(yes, kKeyA), "sticky:approval large");
  Headers session_a = kKeyA, session_b = kKeyB;
  for (Headers* headers : {&session_a, &session_b}) headers->emplace_back("x-session-id", "one");
  How(opening, session_a);
  EXPECT_EQ(How(yes, session_b), "default middle") << "nor by a session of the same name";
}

TEST_F(ConversationTest, AStallAndATitle) {
  StartSticky();
  std::string messages = Said("user", "what is it");
  EXPECT_THAT(How(messages), testing::EndsWith(" small"));
  messages += "," + Called(1) + "," + Called(1) + "," + Called(1);
  EXPECT_EQ(How(messages), "escalated:stall middle");
  EXPECT_EQ(How(Said("system", "You output ONLY a thread title.") + "," + Said("user", kHard)),
            "housekeeping small");
}

TEST_F(ConversationTest, TheirNumberAndBoundAreInTheMetrics) {
  StartSticky();
  How(Said("user", kHard));
  const HttpAnswer page =
      Get(weir().admin_port(), "/metrics", {{"authorization", "Bearer admin-key-of-the-tests"}});
  EXPECT_THAT(page.body, testing::HasSubstr("\nweir_conversations 1\n"));
  EXPECT_THAT(page.body, testing::HasSubstr("\nweir_conversations_limit 131072\n"));
}

TEST_F(ConversationTest, FalseRoutesEachTurnOnItsOwn) {
  StartSticky(", sticky: false");
  const std::string opening = Said("user", kHard);
  How(opening);
  EXPECT_THAT(How(opening + "," + Said("assistant", "shall I?") + "," + Said("user", "yes")),
              testing::StartsWith("seed:"));
}

}  // namespace
}  // namespace weir::e2e
