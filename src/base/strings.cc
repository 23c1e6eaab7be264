#include "base/strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/hash.h"

namespace weir {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

template <class Int>
std::optional<Int> ParseWhole(std::string_view text) {
  Int value{};
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = Lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Levenshtein distance, one row.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t substitute = diagonal + (Lower(a[i]) != Lower(b[j]));
      diagonal = row[j + 1];
      row[j + 1] = std::min({substitute, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// Length of the valid UTF-8 sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates).
size_t SequenceLength(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(i < text.size() ? text[i] : 0); };
  auto tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  uint8_t lead = byte(at);
  uint8_t second = byte(at + 1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF && tail(at + 1)) return 2;
  if ((lead & 0xF0) == 0xE0 && tail(at + 1) && tail(at + 2)) {
    bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0);
    return bad ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4 && tail(at + 1) && tail(at + 2) && tail(at + 3)) {
    bool bad = (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90);
    return bad ? 0 : 4;
  }
  return 0;
}

template <class String>
void AppendEscape(String* out, char c) {
  switch (c) {
    case '"':
      *out += "\\\"";
      return;
    case '\\':
      *out += "\\\\";
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<unsigned>(c));
      return;
  }
}

constexpr bool IsPlain(uint8_t c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0; c < plain.size(); ++c) plain[c] = IsPlain(static_cast<uint8_t>(c));
  return plain;
}();

// A high bit in each byte of `word` that is not plain; perhaps also in bytes above such a one.
[[gnu::always_inline]] inline uint64_t NotPlain(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x8080808080808080;
  const auto zero = [](uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  return (word | (word - kOnes * 0x20) | zero(word ^ kOnes * '"') | zero(word ^ kOnes * '\\') |
          zero(word ^ kOnes * 0x7f)) &
         kHigh;
}

template <class Word>
uint64_t WordAt(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Length of the leading bytes that stand for themselves in a JSON string.
size_t PlainLength(std::string_view text) {
  size_t length = 0;
  for (; text.size() - length >= sizeof(uint64_t); length += sizeof(uint64_t)) {
    if (NotPlain(WordAt<uint64_t>(text.data() + length)) != 0) break;
  }
  while (length < text.size() && kPlain[static_cast<uint8_t>(text[length])]) ++length;
  return length;
}

template <class String>
void AppendJson(String* out, std::string_view text) {
  if (IsPlainJson(text)) {
    const size_t at = out->size();
    out->append(text.size() + 2, '"');
    if (!text.empty()) std::memcpy(out->data() + at + 1, text.data(), text.size());
    return;
  }
  *out += '"';
  for (size_t i = 0; i < text.size();) {
    const size_t plain = PlainLength(text.substr(i));
    out->append(text.data() + i, plain);
    i += plain;
    if (i == text.size()) break;
    size_t length = SequenceLength(text, i);
    std::string_view sequence = text.substr(i, std::max<size_t>(length, 1));
    if (length == 1) {
      AppendEscape(out, text[i]);
    } else if (sequence == "\u2028" || sequence == "\u2029") {
      *out += sequence == "\u2028" ? "\\u2028" : "\\u2029";
    } else {
      *out += length == 0 ? "\uFFFD" : sequence;
    }
    i += sequence.size();
  }
  *out += '"';
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool SameIgnoringCase(const char* a, const char* b, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i] && Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t start = 0;;) {
    size_t end = text.find(separator, start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

size_t StringHash::operator()(std::string_view text) const {
  return Hash64(text);
}

std::optional<int64_t> ParseInt(std::string_view text) {
  return ParseWhole<int64_t>(text);
}
std::optional<uint64_t> ParseUint(std::string_view text) {
  return ParseWhole<uint64_t>(text);
}

void AppendUint(std::string* out, uint64_t value, size_t width) {
  std::array<char, std::numeric_limits<uint64_t>::digits10 + 1> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  const auto size = static_cast<size_t>(end - digits.begin());
  if (size < width) out->append(width - size, '0');
  out->append(digits.data(), size);
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = HexDigit(text[i + 1]);
      int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string_view DidYouMean(std::string_view wrong, std::span<const std::string_view> candidates) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, wrong.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    size_t distance = EditDistance(wrong, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string Suggestion(std::string_view near, std::string_view before, std::string_view after) {
  if (near.empty()) return {};
  return fmt::format("{}did you mean `{}`?{}", before, near, after);
}

bool IsPlainJson(std::string_view text) {
  const char* at = text.data();
  const size_t size = text.size();
  if (size >= 8) {  // words that overlap
    uint64_t found = NotPlain(WordAt<uint64_t>(at + size - 8));
    for (size_t i = 0; i + 8 < size; i += 8) found |= NotPlain(WordAt<uint64_t>(at + i));
    return found == 0;
  }
  if (size >= 4) return NotPlain(WordAt<uint32_t>(at) << 32 | WordAt<uint32_t>(at + size - 4)) == 0;
  return std::all_of(at, at + size, [](char c) { return kPlain[static_cast<uint8_t>(c)]; });
}

void AppendJsonString(std::string* out, std::string_view text) {
  AppendJson(out, text);
}
void AppendJsonString(ShelvedString* out, std::string_view text) {
  AppendJson(out, text);
}

std::string FormatBytes(uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  size_t unit = 0;
  uint64_t divisor = 1;
  while (unit + 1 < kUnits.size() && bytes / divisor >= 1024) {
    divisor *= 1024;
    ++unit;
  }
  if (bytes % divisor == 0) return fmt::format("{}{}", bytes / divisor, kUnits[unit]);
  return fmt::format("{:.1f}{}", static_cast<double>(bytes) / static_cast<double>(divisor),
                     kUnits[unit]);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  int64_t ms = duration.count();
  if (ms == 0 || ms % 1000 != 0) return fmt::format("{}ms", ms);
  int64_t s = ms / 1000;
  if (s % 86400 == 0) return fmt::format("{}d", s / 86400);
  if (s % 3600 == 0) return fmt::format("{}h", s / 3600);
  if (s % 60 == 0) return fmt::format("{}m", s / 60);
  return fmt::format("{}s", s);
}

std::string_view Utf8Prefix(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace weir
