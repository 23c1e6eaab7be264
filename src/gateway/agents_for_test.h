// Turns of real agents, made at run time from what was recorded of each: its instructions, tools,
// session headers and first words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/scan.h"

namespace weir::gateway {

struct Agent {
  std::string name;
  std::vector<std::pair<std::string, std::string>> headers;  // those that say who asks
  std::string opening;  // messages without brackets, up to the first user's
  std::string tools;    // as recorded

  // A chat request: the opening, then `messages` (each behind a comma), then the tools.
  std::string Body(std::string_view messages, bool with_tools = true) const;
};

// The agent's request number `index` of client_requests/NAME.json; bodies of the other dialects are
// told as chat completions, message for message. nullopt when the file is not as expected.
std::optional<Agent> ReadAgent(const std::string& root, const std::string& name, size_t index);

// A call of a tool and its result, as messages with a comma before each.
std::string ToolTurn(std::string_view arguments, std::string_view result);
std::string UserTurn(std::string_view answer, std::string_view text);

}  // namespace weir::gateway
