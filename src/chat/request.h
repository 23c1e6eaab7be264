// A client's request as Weir sees it: facts for routing, and the places in the client's own bytes
// that may have to change. Everything else, known or not, stays in those bytes and is forwarded
// untouched.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/patch.h"

namespace weir::chat {

// A member of the body's top-level object, in its places in the body.
struct Member {
  json::Span name;   // between the quotes
  json::Span value;  // the whole value
};

inline constexpr size_t kRecentCalls = 6;

enum class Endpoint : uint8_t { kChatCompletions, kCompletions, kEmbeddings };
std::string_view EndpointPath(Endpoint endpoint);  // "/chat/completions", under the base URL
std::string_view EndpointName(Endpoint endpoint);  // "chat", for ledger and metrics

// Views point into the parser's buffers or the body: valid until the parser's next Parse() and
// while the body stays.
struct Request {
  Endpoint endpoint = Endpoint::kChatCompletions;
  std::string_view model;      // unescaped
  bool stream = false;         // never of embeddings
  bool include_usage = false;  // the client asked for usage (it means something in a stream only)
  int64_t max_tokens = 0;      // max_tokens or max_completion_tokens; 0: not said
  int64_t n = 1;
  int64_t best_of = 1;  // completions: so many are made, and the best n shown
  std::optional<double> temperature;

  std::string_view last_user;  // text of the last user message; its text parts joined by '\n'
  // Every message's text joined by '\n'. Longer than 16 KiB: its head, then the head (up to 8 KiB)
  // of the last user message, 16 KiB in all.
  std::string_view all_text;
  int64_t text_bytes = 0;      // of all message text (prompt / input for the other endpoints)
  int64_t wide_bytes = 0;      // of those, the ones that are not ASCII
  int64_t other_bytes = 0;     // of tool definitions, calls and schemas, for the token estimate
  int64_t attached_bytes = 0;  // of audio, files and parts unknown to Weir, as written
  int64_t image_bytes = 0;     // of the parts that are images, as written
  int64_t token_ids = 0;       // given as numbers (completions, embeddings)
  int messages = 0;            // or prompts / inputs
  int images = 0;
  bool has_tools = false;
  bool wants_json_schema = false;
  bool wants_json_object = false;
  // The conversation.
  uint64_t opening = 0;          // hash of the texts up to the first user message; 0: there is none
  size_t instruction_bytes = 0;  // how far all_text is of system and developer alone
  int answers = 0;               // messages of the assistant
  bool after_tool = false;       // its last turn is a tool's result: the agent's loop goes on
  int tool_calls = 0;            // of all answers
  int repeated_calls = 0;  // equals of the newest call (name, arguments) in the last kRecentCalls
  std::string_view prompt_cache_key;  // as written, between its quotes
  std::string_view user;              // likewise
  // reasoning_effort other than none or minimal; a `reasoning` or `thinking` object that is not
  // switched off; enable_thinking: true.
  bool wants_reasoning = false;

  // Places in the body.
  std::span<const Member> members;  // in their order; of the parser, as the views
  json::Span model_value;           // with its quotes; empty when the member is missing
  json::Span stream_options;        // the whole value; empty when the member is missing
  json::Span include_usage_value;   // inside it; empty when the member is missing
  size_t object_begin = 0;          // offset just after the top-level '{'
  bool object_empty = false;

  // Upper-ish estimate, for gates only, never money: ASCII text 1 token per 3 bytes (prose has 4–5,
  // code 3–3.5), other text 1 per 2 bytes (a Chinese character is 3 bytes and up to 1.5 tokens),
  // tools and schemas 1 per 3 bytes, 4 a message, 1,100 an image, other attachments 1 per 512
  // bytes.
  int64_t EstimatedPromptTokens() const;
  // No tokenizer makes more of a body of so many bytes: each token has at least a byte of its own.
  // For money. nullopt: it names documents whose length nobody here knows.
  std::optional<int64_t> MostPromptTokens(size_t body_bytes) const;
};

// kOptional when a query or a header names the model; a `model` that is there must be sound all the
// same.
enum class ModelMember : uint8_t { kRequired, kOptional };

inline constexpr size_t kMaxModelBytes = 256;
inline constexpr size_t kAllTextBytes = 16 << 10;
inline constexpr int64_t kMaxChoices = 128;  // `n`

// One per worker; keeps its buffers. Not thread-safe.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // `body` must have json::kPadding readable bytes beyond its size. Errors: kInvalidJson (not JSON,
  // UTF-8, depth, a member that Weir reads given twice), kBadRequest with `param` (wrong type or
  // range). null counts as missing except for `model`, `messages`, `prompt` and `input`.
  Result<Request> Parse(Endpoint endpoint, std::string_view body,
                        ModelMember model = ModelMember::kRequired);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace weir::chat
