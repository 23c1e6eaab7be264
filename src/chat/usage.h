// Reads the `usage` object of an OpenAI-shaped answer, whatever a vendor leaves out of its counts.
//
// OpenAI counts inclusively: cached within prompt, reasoning within completion, total = prompt +
// completion. Others are told by a total that is larger, when what is missing fits exactly:
//   = reasoning            xAI counts reasoning apart from completion and within total
//                          (docs.x.ai, "Consumption and rate limits"). Added to completion.
//   = cached, written to   Bedrock's inputTokens hold neither, its totalTokens both (TokenUsage in
//     the cache, or both   its API reference); gateways before it pass that on, with the counts as
//                          cache_read_input_tokens and cache_creation_input_tokens or
//                          prompt_tokens_details.cache_write_tokens. Added to prompt.
//   anything, and no       Gemini's OpenAI endpoint says nothing of thoughts: totalTokenCount is
//   reasoning is given     prompt + candidates + thoughts (UsageMetadata in its API reference), and
//                          thoughts are billed as output (its "Thinking" guide, Pricing). Recorded:
//                          7 + 12 of 402. Added to completion, as reasoning.
// A larger total that fits none of these is ignored. Kinds of tokens stand in the details:
// audio_tokens of both (OpenAI), image_tokens of the prompt (xAI, Model Studio), which says what it
// writes to its cache there as cache_creation_input_tokens. Of prompt and completion one may be
// absent: the total says it.
#pragma once

#include <optional>

#include "chat/reply.h"
#include "json/scan.h"

namespace weir::chat {

// Consumes the value at the cursor. nullopt for null, for what is no object, for an object without
// token counts and for junk.
std::optional<UsageCounts> ReadUsage(json::Cursor* cursor);

// The same for a member of the cursor's object, its key just read. Returns where the member stands,
// with the comma it takes along when it is cut out.
json::Span ReadUsageMember(json::Cursor* cursor, std::string_view key,
                           std::optional<UsageCounts>* usage);

}  // namespace weir::chat
