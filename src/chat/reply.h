// What Weir reads out of an upstream's answer; the bytes themselves are relayed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/patch.h"

namespace weir::chat {

// Tokens as the upstream counted them; the rest are parts of `prompt` and `completion`. Absent
// numbers stay 0; junk (negative, fractional, text, > 2^53) makes the usage absent, never wrong.
// Vendors that count otherwise are told by their total_tokens (chat/usage.h). More read from and
// written to the cache than the prompt has is then junk. Of the other parts what is too much is
// cut: they say of what kind tokens are, not how many.
struct UsageCounts {
  int64_t prompt = 0;
  int64_t cached = 0;  // read from the vendor's cache
  int64_t completion = 0;
  int64_t reasoning = 0;
  int64_t cache_write = 0;   // written to it; none of `cached`
  int64_t audio_prompt = 0;  // cached or not, as the images
  int64_t image_prompt = 0;
  int64_t audio_completion = 0;
  bool operator==(const UsageCounts&) const = default;
};

struct PlainReply {
  std::optional<UsageCounts> usage;
  bool has_error = false;     // 200 with an `error` member, or with nothing but a message
  bool has_content = false;   // choices / data present and not empty
  bool filtered = false;      // some choice ended with finish_reason content_filter
  std::string error_message;  // bounded to 1 KiB
  int64_t text_bytes = 0;     // of generated text, for an estimate when usage is missing
};

struct StreamEvent {
  std::optional<UsageCounts> usage;
  bool has_error = false;
  bool content = false;     // a text, reasoning, tool or refusal delta that is not empty
  bool finish = false;      // some choice has a finish_reason
  bool filtered = false;    // content_filter is one
  bool usage_only = false;  // `choices` is empty and usage is there: hidden from a client that did
                            // not ask
  // Where `usage` members (null included) stand, each with the comma it takes along: at the top
  // level, and in choices (Moonshot). StripUsage cuts them out.
  std::optional<json::Span> usage_member;
  std::vector<json::Span> choice_usages;
  bool mentions_usage() const { return usage_member || !choice_usages.empty(); }
  int64_t text_bytes = 0;
  std::string error_message;  // bounded to 1 KiB
};

// The event without its usage members, every other byte kept: for a client that did not ask for
// usage when Weir did.
std::string StripUsage(std::string_view data, const StreamEvent& event);

struct UpstreamError {
  std::string message;          // bounded to 1 KiB; never empty
  std::string type;             // bounded to 128 bytes, as `code`
  std::string code;             // a number is spelled out
  bool context_length = false;  // the prompt does not fit
};

// One per worker; keeps its simdjson buffers. Text needs json::kPadding readable bytes beyond its
// end.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // kUpstreamBadAnswer when the text is not a JSON object. Strings are not checked further: UTF-8
  // or a surrogate pair that a vendor cuts in two is the client's to see as it came.
  Result<PlainReply> ReadPlain(std::string_view body);
  // `data` is one SSE event's payload, not "[DONE]". The same error.
  Result<StreamEvent> ReadEvent(std::string_view data);
  // Any error body, JSON or not, whole or cut. HTML gives its title.
  UpstreamError ReadError(int status, std::string_view body);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace weir::chat
