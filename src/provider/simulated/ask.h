// What the simulator understands of a request: the few facts that shape its answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::provider::simulated {

enum class Kind : uint8_t { kChat, kCompletion, kEmbedding };

// Where the text of the answer comes from.
enum class Form : uint8_t { kProse, kJson, kToolCall };

inline constexpr int64_t kMaxChoices = 128;
inline constexpr int64_t kDefaultDimensions = 256;
inline constexpr int64_t kMaxFloats = 1 << 20;  // of all vectors of one embeddings answer

struct Ask {
  Kind kind = Kind::kChat;
  Form form = Form::kProse;
  std::string model;
  bool stream = false;
  bool include_usage = false;
  int64_t n = 1;
  int64_t max_tokens = 0;     // 0: not said
  std::string last_user;      // the prompt's text for kCompletion
  int64_t prompt_tokens = 0;  // about a token per 4 bytes of text, 3 a message
  std::string tool;           // kToolCall: the function's name
  std::string sample;         // kToolCall: arguments; kJson: the object, empty without a schema
  std::vector<std::string> inputs;  // kEmbedding
  int64_t dimensions = kDefaultDimensions;
  bool base64 = false;
  uint64_t draw = 0;  // hash of the whole request: every chance is drawn from it
};

// `path` may carry any prefix and a query. Errors: kInvalidJson, kBadRequest, kUnsupportedEndpoint.
// A tool is called when the last message is the user's and says "call the tool", or when
// tool_choice is "required" or names a function.
Result<Ask> ReadAsk(std::string_view path, std::string_view body, uint64_t seed);

}  // namespace weir::provider::simulated
