#include "gateway/agents_for_test.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/strings.h"
#include "testing/testdata.h"

namespace weir::gateway {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kKept[] = {"authorization",     "x-api-key", "x-claude-code-session-id",
                                      "session-id",        "thread-id", "x-session-id",
                                      "x-session-affinity"};

std::string Raw(const dom::element& element) {
  return simdjson::minify(element);
}

void AddMessage(const std::string& message, std::string* messages) {
  if (!messages->empty()) *messages += ',';
  *messages += message;
}

// The text of `system` in Anthropic's shape, then the messages, or `input` of Responses.
std::string OpeningOf(const dom::element& body) {
  std::string messages;
  dom::element system;
  if (!body["system"].get(system)) {
    AddMessage(R"({"role":"system","content":)" + Raw(system) + "}", &messages);
  }
  dom::array turns;
  if (body["messages"].get(turns) && body["input"].get(turns)) return {};
  for (dom::element turn : turns) {
    AddMessage(Raw(turn), &messages);
    std::string_view role;
    if (!turn["role"].get(role) && role == "assistant") return {};
  }
  return messages;
}

}  // namespace

std::string Agent::Body(std::string_view messages, bool with_tools) const {
  return fmt::format(R"({{"model":"auto","messages":[{}{}]{}}})", opening, messages,
                     with_tools ? R"(,"tools":)" + tools : std::string());
}

std::optional<Agent> ReadAgent(const std::string& root, const std::string& name, size_t index) {
  const auto text = ReadWholeFile(root + "/client_requests/" + name + ".json");
  if (!text) return std::nullopt;
  dom::parser parser;
  dom::element recording, body;
  dom::object headers;
  if (parser.parse(*text).at(index).get(recording)) return std::nullopt;
  if (recording["body"].get(body) || recording["headers"].get(headers)) return std::nullopt;
  Agent agent{name, {}, OpeningOf(body), "[]"};
  for (auto [key, value] : headers) {
    std::string_view said;
    const std::string_view field = key;
    const auto same = [field](std::string_view kept) { return EqualsIgnoreCase(kept, field); };
    if (std::ranges::none_of(kKept, same) || value.get(said)) continue;
    agent.headers.emplace_back(key, said);
  }
  dom::element tools;
  if (!body["tools"].get(tools)) agent.tools = Raw(tools);
  if (agent.opening.empty()) return std::nullopt;
  return agent;
}

std::string ToolTurn(std::string_view arguments, std::string_view result) {
  std::string turn = R"(,{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":)"
                     R"("function","function":{"name":"bash","arguments":)";
  AppendJsonString(&turn, arguments);
  turn += R"(}}]},{"role":"tool","tool_call_id":"c1","content":)";
  AppendJsonString(&turn, result);
  return turn + "}";
}

std::string UserTurn(std::string_view answer, std::string_view text) {
  std::string turn = R"(,{"role":"assistant","content":)";
  AppendJsonString(&turn, answer);
  turn += R"(},{"role":"user","content":)";
  AppendJsonString(&turn, text);
  return turn + "}";
}

}  // namespace weir::gateway
