// Programs, data and logs that stand beside a question, in Markdown's fences of backticks: what is
// asked about and not all of what is asked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::route::learned {

inline constexpr std::string_view kFence = "```";

// `text` without its fences that have as many signs as programs have: a sign in 20 bytes, in 60
// with the name of a language behind the marks. Prose, formulas, fences that nothing closes and
// those that do not begin a line are no such thing. The result is `text` itself when there is
// nothing to leave out, else `kept`, which must outlive it. O(text).
std::string_view WithoutCode(std::string_view text, std::string* kept);

}  // namespace weir::route::learned
