// Whole sessions of recorded agents: what is chosen turn by turn, and what it costs where providers
// keep prompts warm, beside what routing each turn on its own would have chosen and cost.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "gateway/agents_for_test.h"
#include "gateway/conversations.h"
#include "gateway/world_for_test.h"
#include "route/switching.h"
#include "testing/testdata.h"

namespace weir::gateway {
namespace {

// Prices of the built-in catalog.
std::string Yaml(std::string_view sticky) {
  return fmt::format(R"(
providers: {{openai: {{keys: [k]}}}}
models:
  gpt-4o-mini:  {{provider: openai}}
  gpt-5.4-mini: {{provider: openai}}
  gpt-5.4:      {{provider: openai}}
routes:
  auto: {{classifier: seed, tiers: {{simple: gpt-4o-mini, medium: gpt-5.4-mini, complex: gpt-5.4}}, sticky: {}}}
)",
                     sticky);
}

constexpr int64_t kAnswerTokens = 150;

// Providers that keep what they have read and written for five minutes.
class Session {
 public:
  explicit Session(std::string_view sticky) : snapshot_(SnapshotOf(Yaml(sticky), nullptr)) {}

  // The decision of one turn, half a minute behind the last.
  route::Decision Ask(const Agent& agent, std::string body) {
    clock_.Advance(seconds(30));
    body.reserve(body.size() + json::kPadding);
    const chat::Request request = parser_.Parse(chat::Endpoint::kChatCompletions, body).value();
    http::HeaderList headers;
    for (const auto& [name, value] : agent.headers) headers.Add(name, value);
    const ConversationNames names = all_.namer().NamesOf(headers, request, "auto");
    const auto known = all_.Find(names, clock_.Steady(), std::chrono::hours(1));
    auto decision = snapshot_->router->Decide(request, {"auto"}, route::HealthView(),
                                              known ? &*known : nullptr);
    EXPECT_TRUE(decision) << decision.error().message;
    Pay(*decision, names, request);
    reasons.emplace_back(decision->reason);
    return *std::move(decision);
  }

  std::vector<std::string> models, reasons;  // of each turn
  NanoUsd spent;
  int64_t cold_tokens = 0;  // read at the full price
  int switches() const {
    int count = 0;
    for (size_t i = 1; i < models.size(); ++i) count += models[i] != models[i - 1] ? 1 : 0;
    return count;
  }

 private:
  void Pay(const route::Decision& decision, const ConversationNames& names,
           const chat::Request& request) {
    const catalog::Model& model = snapshot_->directory->model(decision.candidates.front().model);
    Warm& warm = warm_[model.name];
    catalog::Usage usage;
    usage.prompt = decision.estimated_prompt_tokens;
    usage.completion = kAnswerTokens;
    const bool kept = clock_.Steady() - warm.at < route::kPromptCacheTtl;
    usage.cached = kept ? std::min(warm.tokens, usage.prompt) : 0;
    spent = AddSaturating(spent, catalog::Cost(usage, *model.prices, catalog::kNoTime).value());
    cold_tokens += usage.prompt - usage.cached;
    warm = {usage.prompt + usage.completion, clock_.Steady()};
    models.push_back(model.alias);
    if (decision.reason == "housekeeping") return;
    all_.Note(names,
              {model.name, decision.tier, decision.score, usage.prompt, usage.cached,
               usage.completion, false, request.tool_calls, decision.forgone},
              clock_.Steady());
  }

  struct Warm {
    int64_t tokens = 0;
    SteadyTime at{};
  };
  FakeClock clock_;
  std::shared_ptr<const Snapshot> snapshot_;
  chat::RequestParser parser_;
  Conversations all_;
  std::map<std::string, Warm> warm_;
};

constexpr std::string_view kTask =
    "Implement a fix of the race that the stress test finds, and prove the queue linearizable.";

// One task of 30 requests: the user's, 26 that bring a tool's result, and three short words.
void RunLoop(const Agent& agent, Session* session) {
  std::string messages = UserTurn("Hello. What shall I do?", kTask);
  session->Ask(agent, agent.Body(messages));
  for (int turn = 2; turn <= 30; ++turn) {
    if (turn == 8) {
      messages += UserTurn("I would change queue.cc. Shall I?", "yes");
    } else if (turn == 16) {
      messages += UserTurn("The test still fails now and then.", "go ahead");
    } else if (turn == 27) {
      messages += UserTurn("Fixed, and the proof is in the comment.", "commit it");
    } else {
      messages +=
          ToolTurn(fmt::format("{{\"command\":\"step {}\"}}", turn), std::string(1'500, 'r'));
    }
    session->Ask(agent, agent.Body(messages));
  }
}

std::string Told(const Session& session) {
  const std::set<std::string> models(session.models.begin(), session.models.end());
  return fmt::format("${:<10} {} models, {} switches, {} tokens at full price",
                     FormatUsd(session.spent), models.size(), session.switches(),
                     session.cold_tokens);
}

struct Recorded {
  const char* name;
  size_t index;
};

class AgentLoopTest : public testing::TestWithParam<Recorded> {
 protected:
  void SetUp() override {
    WEIR_REQUIRE_TESTDATA(root);
    auto agent = ReadAgent(root, GetParam().name, GetParam().index);
    ASSERT_TRUE(agent) << GetParam().name;
    agent_ = *std::move(agent);
  }
  Agent agent_;
};

TEST_P(AgentLoopTest, ThirtyTurnsKeepOneModel) {
  Session sticky("true"), each("false");
  RunLoop(agent_, &sticky);
  RunLoop(agent_, &each);
  ASSERT_EQ(sticky.models.size(), 30U);
  EXPECT_EQ(sticky.switches(), 0) << fmt::format("{}", fmt::join(sticky.models, " "));
  EXPECT_EQ(std::count(sticky.reasons.begin(), sticky.reasons.end(), "sticky:tools"), 26);
  EXPECT_EQ(std::count(sticky.reasons.begin(), sticky.reasons.end(), "sticky:approval"), 3);
  EXPECT_GT(each.switches(), 0) << "else this shows nothing";
  const auto weaker = std::count_if(each.models.begin(), each.models.end(),
                                    [&](const std::string& m) { return m != sticky.models[0]; });
  fmt::print("{}, 30 turns on {}\n  kept:      {}\n  each turn: {}; {} turns by another model\n",
             agent_.name, sticky.models[0], Told(sticky), Told(each), weaker);
}

constexpr std::string_view kEasier = "Which of the tests fails now?";

// Questions about one long file, of which `hard(turn)` says which are hard.
template <class Hard>
void RunQuestions(const Agent& agent, int turns, Hard hard, Session* session) {
  std::string messages = UserTurn("Hello.", "Read the queue.");
  messages += ToolTurn("{\"command\":\"cat queue.cc\"}", std::string(60'000, 'r'));
  for (int turn = 0; turn < turns; ++turn) {
    messages += UserTurn(std::string(200, 'a'), hard(turn) ? kTask : kEasier);
    session->Ask(agent, agent.Body(messages));
  }
}

// One easier question between hard ones reads the whole prompt anew elsewhere, for one answer.
TEST_P(AgentLoopTest, ASwitchThatDoesNotPayIsNotMade) {
  Session sticky("true"), each("false");
  const auto hard = [](int turn) { return turn != 1; };
  for (Session* session : {&sticky, &each}) RunQuestions(agent_, 3, hard, session);
  EXPECT_EQ(sticky.reasons[1], "sticky");
  EXPECT_EQ(sticky.switches(), 0);
  EXPECT_EQ(each.switches(), 2);
  EXPECT_LT(sticky.spent.nano, each.spent.nano);
  fmt::print("{}, an easier question between two hard ones\n  kept:      {}\n  each turn: {}\n",
             agent_.name, Told(sticky), Told(each));
}

// A hard question and thirty easier ones: staying is given up when it has cost a move.
TEST_P(AgentLoopTest, ASwitchThatPaysIsMade) {
  Session sticky("true"), each("false");
  const auto hard = [](int turn) { return turn == 0; };
  for (Session* session : {&sticky, &each}) RunQuestions(agent_, 31, hard, session);
  EXPECT_EQ(sticky.switches(), 1);
  EXPECT_EQ(sticky.models.back(), each.models.back());
  EXPECT_LE(sticky.spent.nano, 2 * each.spent.nano);
  fmt::print("{}, a hard question and 30 easier ones\n  kept:      {}\n  each turn: {}\n",
             agent_.name, Told(sticky), Told(each));
}

TEST_P(AgentLoopTest, AStalledLoopGoesUp) {
  Session session("true");
  std::string messages = UserTurn("Hello.", "what is it");
  session.Ask(agent_, agent_.Body(messages));
  const std::string weak = session.models[0];
  for (int i = 0; i < 3; ++i) {
    messages += ToolTurn("{\"command\":\"make\"}", "error");
    session.Ask(agent_, agent_.Body(messages));
  }
  EXPECT_EQ(session.reasons.back(), "escalated:stall");
  EXPECT_NE(session.models.back(), weak);
}

INSTANTIATE_TEST_SUITE_P(Recorded, AgentLoopTest,
                         testing::Values(Recorded{"opencode", 1}, Recorded{"pi", 0},
                                         Recorded{"claude-code", 0}, Recorded{"codex", 0}),
                         [](const auto& recorded) {
                           std::string name = recorded.param.name;
                           std::erase(name, '-');
                           return name;
                         });

// opencode asks for a title in the session of the conversation, without tools.
TEST(AgentHousekeeping, OpencodesTitleLeavesTheConversationAlone) {
  WEIR_REQUIRE_TESTDATA(root);
  const auto title = ReadAgent(root, "opencode", 0), agent = ReadAgent(root, "opencode", 1);
  ASSERT_TRUE(title && agent);
  ASSERT_EQ(title->headers, agent->headers);
  Session session("true");
  session.Ask(*title, title->Body("", false));
  const std::string messages = UserTurn("Hello.", kTask);
  session.Ask(*agent, agent->Body(messages));
  session.Ask(*title, title->Body("", false));
  session.Ask(*agent, agent->Body(messages + ToolTurn("{}", "r")));
  EXPECT_EQ(session.reasons[0], "housekeeping");
  EXPECT_EQ(session.reasons[2], "housekeeping");
  EXPECT_EQ(session.reasons[3], "sticky:tools");
  EXPECT_EQ(session.models[3], session.models[1]);
  EXPECT_NE(session.models[0], session.models[1]);
}

// As recorded, in the shape of Messages: a tool's result is a part of a user's message.
TEST(AgentShapes, ClaudeCodesToolResultIsALoop) {
  WEIR_REQUIRE_TESTDATA(root);
  const auto text = ReadWholeFile(root + "/client_requests/claude-code_tools.json");
  ASSERT_TRUE(text);
  simdjson::dom::parser parser;
  simdjson::dom::element body;
  ASSERT_FALSE(parser.parse(*text).at(1)["body"].get(body));
  std::string raw = simdjson::minify(body);
  raw.reserve(raw.size() + json::kPadding);
  chat::RequestParser requests;
  const auto request = requests.Parse(chat::Endpoint::kChatCompletions, raw);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->after_tool);
  EXPECT_EQ(request->tool_calls, 1);
  EXPECT_EQ(request->answers, 1);
}

}  // namespace
}  // namespace weir::gateway
