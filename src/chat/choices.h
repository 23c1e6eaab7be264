// Reads the `choices` array of an OpenAI-shaped answer or stream event.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "chat/reply.h"
#include "json/scan.h"

namespace weir::chat {

struct Choices {
  int count = 0;
  bool content = false;              // text, reasoning, a tool call or a refusal that is not empty
  bool finish = false;               // a finish_reason that is not null or empty
  bool filtered = false;             // content_filter is one
  int64_t text_bytes = 0;            // of it all; the same reasoning under two names counts once
  std::optional<UsageCounts> usage;  // Moonshot puts it here
  std::vector<json::Span> usage_members;  // one a choice at most, as ReadUsageMember() says
};

// Consumes the value at the cursor, whatever it is.
void ReadChoices(json::Cursor* cursor, Choices* choices);

}  // namespace weir::chat
