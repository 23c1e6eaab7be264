// What leaving a model costs: its provider holds the conversation's beginning in its prompt cache,
// and the next model would read all of it anew (docs/adr/0010-conversations.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/money.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "route/conversation.h"

namespace weir::route {

// Providers keep a prompt for about so long behind its last use.
inline constexpr std::chrono::minutes kPromptCacheTtl{5};

// Tokens of the request's prompt that the conversation's model need not read at its full price.
int64_t WarmTokens(const Conversation& known, int64_t prompt_tokens);
// Of a prompt that was asked before as it is, within that time. Providers keep prompts of 1,024
// tokens and more, in steps of 128 (OpenAI's guide to prompt caching).
int64_t RepeatWarmTokens(int64_t prompt_tokens);

struct Switch {
  catalog::ModelId from = catalog::kNoModel;
  catalog::ModelId to = catalog::kNoModel;
  int64_t warm_tokens = 0;
  // Of this turn: at `from`; at `to`, which reads everything anew; and at `to` had it the same
  // tokens warm. Nothing where a model is unpriced: then nothing shows that leaving pays.
  std::optional<NanoUsd> stay, leave, settled;
  // What staying has cost more than having left, this turn included. Never negative.
  NanoUsd forgone;
  // What is cold is left freely. Else the move is made when what was forgone has come to its price,
  // leave - settled.
  bool Pays() const;
};
Switch WeighSwitch(const catalog::Directory& directory, catalog::ModelId from, catalog::ModelId to,
                   const Conversation& known, const chat::Request& request, int64_t prompt_tokens,
                   WallMicros time = catalog::kNoTime);

}  // namespace weir::route
