// The most tokens that a request can need: what is reserved before it is sent, and what bounds an
// estimate of what it used.
#pragma once

#include <cstdint>
#include <optional>

#include "catalog/directory.h"
#include "chat/request.h"

namespace weir::gateway {

struct RequestSize {
  std::optional<int64_t> prompt;  // nullopt: as much as the model's window holds
  int64_t answer = 0;             // of a choice, that was asked for; 0: not said
  int64_t choices = 1;            // of all prompts together
  bool embeds = false;
};

RequestSize SizeOf(const chat::Request& request, size_t body_bytes);

// Of all choices together. Of nullptr, more than any model known answers with and reads.
int64_t MostAnswerTokens(const RequestSize& size, const catalog::Model* model);
int64_t MostPromptTokens(const RequestSize& size, const catalog::Model* model);

}  // namespace weir::gateway
