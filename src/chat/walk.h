// What the parts of a request's walk share: the cursor, the facts found so far and the first
// refusal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "chat/request.h"
#include "chat/text_store.h"
#include "chat/turns.h"
#include "json/scan.h"

namespace weir::chat {

// Functions that read return false when they refuse; a text that is not JSON only ends their loops,
// and the cursor's Finish() tells.
struct Walk {
  json::Cursor cursor;
  Request* request;
  TextStore* texts;
  Turns* turns;
  std::string* scratch;
  std::optional<Error> refusal = std::nullopt;

  // "messages[3].content: expected a string, found a number". Returns false. Does nothing after a
  // JSON error, which is the truer one.
  bool Refuse(std::string_view param, std::string_view expected);
  bool RefuseDuplicate(std::string_view param);

  // The key's text; empty for one that is longer than any name Weir reads.
  std::string_view Name(const json::StringToken& key);

  // Optional members: null is skipped.
  bool ReadBool(std::string_view param, bool* value);
  bool ReadInteger(std::string_view param, int64_t min, int64_t max, int64_t* value);
};

bool ReadMessages(Walk* walk);
// `prompt` of completions and `input` of embeddings.
bool ReadInputs(Walk* walk, std::string_view param, bool objects_allowed);

// Members that name a capability: tools, functions, response_format, reasoning and its cousins.
bool ReadTools(Walk* walk, std::string_view param);
bool ReadResponseFormat(Walk* walk);
bool ReadStreamOptions(Walk* walk);
bool ReadReasoningEffort(Walk* walk);
bool ReadReasoningSwitch(Walk* walk);  // an object or a bool

}  // namespace weir::chat
