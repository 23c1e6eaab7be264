// Programs, data and logs that stand beside a question, in Markdown's fences of backticks: what is
// asked about and not all of what is asked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::route::learned {

// `text` without what is inside of fences that have the signs of programs; the fences stay. Prose,
// formulas, fences that nothing closes and those that do not begin a line are no such thing. The
// result is `text` itself when there is nothing to leave out, else `kept`, which must outlive it.
// O(text).
std::string_view WithoutCode(std::string_view text, std::string* kept);

}  // namespace weir::route::learned
