// A client's request as Weir sees it: facts for routing, and the places in the client's own bytes that
// may have to change. Everything else, known or not, stays in those bytes and is forwarded untouched.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/patch.h"

namespace weir::chat {

enum class Endpoint : uint8_t { kChatCompletions, kCompletions, kEmbeddings };
std::string_view EndpointPath(Endpoint endpoint);  // "/chat/completions", under the base URL
std::string_view EndpointName(Endpoint endpoint);  // "chat", for ledger and metrics

// Views point into the parser's buffers: valid until its next Parse().
struct Request {
  Endpoint endpoint = Endpoint::kChatCompletions;
  std::string_view model;          // unescaped
  bool stream = false;
  bool include_usage = false;      // the client asked for usage in its stream
  int64_t max_tokens = 0;          // max_tokens or max_completion_tokens; 0: not said
  int64_t n = 1;
  std::optional<double> temperature;

  std::string_view last_user;      // text of the last user message; its text parts joined by '\n'
  std::string_view all_text;       // head of every message's text, joined by '\n', at most 16 KiB
  int64_t text_bytes = 0;          // of all message text (prompt / input for the other endpoints)
  int64_t other_bytes = 0;         // of tool definitions and schemas, for the token estimate
  int messages = 0;
  int images = 0;
  bool has_tools = false;
  bool wants_json_schema = false;
  bool wants_json_object = false;
  bool wants_reasoning = false;    // reasoning_effort other than none / reasoning object

  // Places in the body.
  json::Span model_value;          // with its quotes; empty when the member is missing
  json::Span stream_options;       // the whole value; empty when the member is missing
  size_t object_begin = 0;         // offset just after the top-level '{'
  bool object_empty = false;

  int64_t EstimatedPromptTokens() const;  // upper-ish estimate: gates only, never money
};

// One per worker; keeps its buffers. Not thread-safe.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // `body` must have json::kPadding readable bytes beyond its size. Errors: kInvalidJson (not JSON,
  // UTF-8, depth, duplicate model/messages/stream), kBadRequest with `param` (wrong type or range).
  Result<Request> Parse(Endpoint endpoint, std::string_view body);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace weir::chat
