// The words of an answer in OpenAI's chat shape: what a judge is shown.
#pragma once

#include <string>
#include <string_view>

namespace weir::quality {

inline constexpr size_t kMaxAnswerText = 64 << 10;

// Of the first choice; empty: no text (a tool call, a refusal, another shape). Any bytes.
std::string PlainAnswerText(std::string_view body);
// Likewise of a stream's events, whole or cut.
std::string StreamAnswerText(std::string_view events);

}  // namespace weir::quality
