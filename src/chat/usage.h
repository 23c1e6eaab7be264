// Reads the `usage` object of an OpenAI-shaped answer.
#pragma once

#include <optional>

#include "chat/reply.h"
#include "json/scan.h"

namespace weir::chat {

// Consumes the value at the cursor. nullopt for null, for what is no object, for an object without
// token counts and for junk.
std::optional<UsageCounts> ReadUsage(json::Cursor* cursor);

}  // namespace weir::chat
