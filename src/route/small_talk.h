// Requests that say nothing of how hard the work is: a mere yes, and an agent's own housekeeping.
#pragma once

#include <string_view>

#include "chat/request.h"

namespace weir::route {

// The whole message is one of a list of short consents ("yes", "go ahead", "commit it", "好的"),
// whatever its case, punctuation and quotes.
bool IsApproval(std::string_view last_user);

// Without tools, and asked by the system prompt for a title or summary of a conversation; or by the
// user's turn for a title, in at most 1,024 tokens.
bool IsHousekeeping(const chat::Request& request);

}  // namespace weir::route
