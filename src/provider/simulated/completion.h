// OpenAI's shapes of a completion, chat or legacy: whole, or as the events of a stream.
#pragma once

#include <string>
#include <vector>

#include "provider/simulated/ask.h"
#include "provider/simulated/speech.h"

namespace weir::provider::simulated {

// The pure simulator has no clock: every answer says it was created then (2025-11-24T16:00:00Z).
inline constexpr int64_t kCreated = 1'764'000'000;

// The JSON of a plain answer. `speeches` has one entry a choice.
std::string CompletionJson(const Ask& ask, const std::vector<Speech>& speeches);

// SSE events, ready to be sent one by one: roles, a token an event, finish reasons, usage when
// asked,
// "[DONE]".
std::vector<std::string> CompletionEvents(const Ask& ask, const std::vector<Speech>& speeches);

}  // namespace weir::provider::simulated
