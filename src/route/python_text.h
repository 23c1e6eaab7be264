// The character classes of Python's `re` for str patterns, which the seed's first pattern needs.
// Unicode 14, as in Python 3.11: what later versions assigned is neither, whatever ICU is linked.
#pragma once

#include <string_view>

namespace weir::route {

bool IsPythonDigit(char32_t c);  // \d: decimal digits of every script
bool IsPythonSpace(char32_t c);  // \s: str.isspace(), U+001C..U+001F and U+0085 included

// Removes the first character of a UTF-8 text and returns it; U+FFFD for a byte that is not UTF-8.
// `text` must not be empty.
char32_t TakeCodePoint(std::string_view* text);

}  // namespace weir::route
