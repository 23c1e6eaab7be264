// What Exchange does with the memory of conversations (docs/adr/0010-conversations.md).
#include "gateway/exchange.h"
#include "route/turn.h"

namespace weir::gateway {

std::optional<route::Conversation> Exchange::Recall() {
  const bool chats = request_.endpoint == chat::Endpoint::kChatCompletions;
  // Whether it sticks or not: what the baseline would have had warm is told by it, too.
  if (!chats || route_ == nullptr) return {};
  const bool sticks = !route_->tiers.empty() && route_->sticky.on;
  if (!sticks && route_->baseline == catalog::kNoModel) return {};
  Conversations& all = worker_.core.conversations;
  conversation_ = all.namer().NamesOf(connection_.head().headers, request_, route_->name);
  return all.Find(conversation_, worker_.clock().Steady(), route_->sticky.ttl);
}

// An agent's housekeeping says nothing of its conversation, whose session it shares.
void Exchange::NoteTurn(const Answer& answer) {
  if (decision_.reason == route::kHousekeeping) return;
  const ledger::Tokens& tokens = receipt_.row().tokens;
  worker_.core.conversations.Note(
      conversation_,
      {answer.target->name, decision_.tier, decision_.score, tokens.prompt, tokens.cached,
       tokens.completion, tokens.estimated, request_.tool_calls, decision_.forgone},
      worker_.clock().Steady());
}

}  // namespace weir::gateway
