// By what a conversation is known again: the session that its agent names, and how it opened;
// always together with the client's credential and the route, so that nobody meets another's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "chat/request.h"
#include "http/head.h"

namespace weir::gateway {

struct ConversationId {
  uint64_t low = 0, high = 0;
  bool operator==(const ConversationId&) const = default;
};

struct ConversationNames {
  // The session (if one is named) and the opening: sub-agents of one session are told apart.
  std::optional<ConversationId> thread;
  std::optional<ConversationId> session;  // that the client names
};

// Hashes with a secret of this process: names cannot be aimed at one another. Immutable; any
// thread.
// A header in which agents name their session.
bool IsSessionHeader(std::string_view name);

class ConversationNamer {
 public:
  ConversationNamer();
  // The session: x-claude-code-session-id (Claude Code), session-id and thread-id (Codex),
  // x-session-id and x-session-affinity (opencode), prompt_cache_key; all that are given together.
  ConversationNames NamesOf(const http::HeaderList& headers, const chat::Request& request,
                            std::string_view route) const;

 private:
  std::array<uint8_t, 192> secret_;
};

}  // namespace weir::gateway
