// Strings and numbers as they stand in a JSON text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace weir::json {

struct StringToken {
  std::string_view raw;   // between the quotes, escapes as written
  size_t bytes = 0;       // once unescaped
  size_t wide_bytes = 0;  // of those, the ones that are not ASCII
  bool escaped = false;   // `raw` holds a backslash
};

// Fills `token`. False when an escape is broken or half of a surrogate pair stands alone; each such
// place counts as one U+FFFD.
bool MeasureString(std::string_view raw, StringToken* token);

// Appends the string's text, or at most `max_bytes` of it cut at a UTF-8 boundary. Broken escapes
// become U+FFFD.
void AppendUnescaped(const StringToken& token, std::string* out,
                     size_t max_bytes = std::numeric_limits<size_t>::max());
std::string Unescaped(const StringToken& token);

// A longer number is refused: nothing that means a value is written so.
inline constexpr size_t kMaxNumberBytes = 1024;
// JSON's grammar, the length bound, and a value that a double can hold (1e400 is refused).
bool IsNumber(std::string_view text);
// The integer a number means ("10", "10.0", "1e1"); nullopt when it is none or beyond ±2^63.
std::optional<int64_t> IntegerOf(std::string_view number);
std::optional<double> DoubleOf(std::string_view number);

}  // namespace weir::json
