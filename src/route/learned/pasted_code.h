// Code, data and logs that stand beside a question, in Markdown's fences: what is asked about and
// not what is asked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::route {

struct WithoutCode {
  std::string_view text;
  size_t code_bytes = 0;  // of what was left out
};

// `text` without what is inside of its fences, the language's name included. Prose stays: no name
// of a program's language, few signs that programs have, and words of grammar. The fences stay,
// too; one that nothing closes goes on to the end. The result is `text` itself when there is
// nothing to leave out, else `kept`, which must outlive it. O(text).
WithoutCode LeaveOutCode(std::string_view text, std::string* kept);

}  // namespace weir::route
