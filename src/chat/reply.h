// What Weir reads out of an upstream's answer; the bytes themselves are relayed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::chat {

// Tokens as the upstream counted them. Absent numbers stay 0; junk (negative, fractional, text,
// > 2^53) makes the usage absent, never wrong.
struct UsageCounts {
  int64_t prompt = 0;
  int64_t cached = 0;
  int64_t completion = 0;
  int64_t reasoning = 0;
  bool operator==(const UsageCounts&) const = default;
};

struct PlainReply {
  std::optional<UsageCounts> usage;
  bool has_error = false;      // 200 with an `error` object
  bool has_content = false;    // choices / data present and not empty
  std::string error_message;   // bounded to 1 KiB
  int64_t text_bytes = 0;      // of generated text, for an estimate when usage is missing
};

struct StreamEvent {
  std::optional<UsageCounts> usage;
  bool has_error = false;
  bool content = false;        // a text, reasoning, tool or refusal delta that is not empty
  bool finish = false;         // some choice has a finish_reason
  bool usage_only = false;     // `choices` is empty and usage is there: hidden from a client that did
                               // not ask
  bool has_usage_member = false;   // a `usage` member (null included) stands in the event
  int64_t text_bytes = 0;
  std::string error_message;
};

struct UpstreamError {
  std::string message;   // bounded
  std::string type;
  std::string code;
  bool context_length = false;  // the prompt does not fit
};

// One per worker; keeps its simdjson buffers. Text needs json::kPadding readable bytes beyond its end.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  Result<PlainReply> ReadPlain(std::string_view body);
  // `data` is one SSE event's payload, not "[DONE]".
  Result<StreamEvent> ReadEvent(std::string_view data);
  // Any error body, JSON or not.
  UpstreamError ReadError(int status, std::string_view body);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace weir::chat
