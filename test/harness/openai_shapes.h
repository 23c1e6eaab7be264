// Texts in OpenAI's shapes for tests, written out so that a test shows what goes over the wire.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::e2e {

// A chat request of one user message; `more` is appended as it is: `,"stream":true`.
std::string ChatBody(std::string_view model, std::string_view text, std::string_view more = "");
// A plain answer with usage 10 prompt and 5 completion tokens.
std::string ChatReply(std::string_view content);
std::string ErrorReply(std::string_view message, std::string_view code = "");

// One SSE event of a chat stream, "data: …\n\n".
std::string RoleEvent();
std::string ContentEvent(std::string_view content);
std::string FinishEvent();
std::string UsageEvent();  // 10 and 5 tokens, empty choices
inline constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";

// Role, the contents, finish, usage, [DONE]: a good stream of an upstream that was asked for usage.
std::string WholeStream(const std::vector<std::string>& contents);
// The same without the usage event: what a client that did not ask for usage sees.
std::string StreamWithoutUsage(const std::vector<std::string>& contents);

}  // namespace weir::e2e
