// What agents put into a user's message that the user did not say: reminders, environments, outputs
// of commands. A router that reads it judges the agent and not the question.
#pragma once

#include <string>
#include <string_view>

namespace weir::route {

// `text` without the elements <system-reminder>…</system-reminder>, <environment_context>…, and the
// others of harness.cc, closing tags included; an element that is not closed goes on to the end.
// Names are compared without case; elements of other names stay. Returns `text` itself when it has
// none, else `kept`, which must outlive the result. O(text).
std::string_view WithoutHarness(std::string_view text, std::string* kept);

}  // namespace weir::route
