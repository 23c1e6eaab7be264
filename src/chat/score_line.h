// A line of `weir score` and of data files: {"id": …, "prompt": "…"} or {"id": …, "messages": […]}.
// Other members are ignored.
#pragma once

#include <string>
#include <string_view>

#include "chat/request.h"

namespace weir::chat {

struct ScoreLine {
  std::string id;    // raw JSON as written; "null" when missing
  std::string body;  // the chat request it stands for, without a model; padded for json
};

// kInvalidJson for what is not a JSON object, kBadRequest when neither prompt nor messages is
// there, or both are, or the prompt is not a string. What `messages` holds is judged when `body` is
// parsed, with ModelMember::kOptional.
Result<ScoreLine> ReadScoreLine(std::string_view line);

}  // namespace weir::chat
