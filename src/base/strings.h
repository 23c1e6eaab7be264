// The index of string helpers. Look here before writing another.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shelves.h"

namespace weir {

std::string_view Trim(std::string_view text);  // ASCII space, tab, CR, LF
bool SameIgnoringCase(const char* a, const char* b, size_t size);
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {  // ASCII
  return a.size() == b.size() && SameIgnoringCase(a.data(), b.data(), a.size());
}
bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix);
std::string AsciiLower(std::string_view text);
std::vector<std::string_view> Split(std::string_view text, char separator);
// Transparent hash so that unordered_map<std::string, …> can be asked with a string_view.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const;
};

// Whole text as a decimal number; nullopt for signs (unless signed), blanks, rest or overflow.
std::optional<int64_t> ParseInt(std::string_view text);
std::optional<uint64_t> ParseUint(std::string_view text);

// Appends in decimal, with zeros in front up to `width` digits.
void AppendUint(std::string* out, uint64_t value, size_t width = 1);

// %XX and, when `plus_is_space`, '+'. nullopt for a broken escape.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// The candidate nearest to `wrong` in edits (at most a third of its length), or empty.
std::string_view DidYouMean(std::string_view wrong, std::span<const std::string_view> candidates);

// "; did you mean `NEAR`?" between `before` and `after`, or nothing when `near` is empty.
std::string Suggestion(std::string_view near, std::string_view before = "; ",
                       std::string_view after = "");

// Whether `text` is visible ASCII (blanks too) that a JSON string holds without escapes.
bool IsPlainJson(std::string_view text);
// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD; U+2028/9 and controls
// are escaped, so that a log line stays one line.
void AppendJsonString(std::string* out, std::string_view text);
void AppendJsonString(ShelvedString* out, std::string_view text);

// "128k" style numbers are config's; this prints them: 1536 -> "1.5KiB".
std::string FormatBytes(uint64_t bytes);
std::string FormatDuration(std::chrono::milliseconds duration);  // "250ms", "10s", "2m", "1h"

// At most `max_bytes` of `text`, cut at a UTF-8 boundary.
std::string_view Utf8Prefix(std::string_view text, size_t max_bytes);

}  // namespace weir
