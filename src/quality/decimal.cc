#include "quality/decimal.h"

#include <algorithm>
#include <span>

#include "base/strings.h"

namespace weir::quality {
namespace {

constexpr size_t kMaxDigits = 400;
constexpr int64_t kMaxExponent = 1'000'000;
constexpr std::string_view kTrailing = ".!?;:,*_`)]}\"' \t\r\n";  // also of Markdown and LaTeX

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view WithoutTrailing(std::string_view text) {
  const size_t last = text.find_last_not_of(kTrailing);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string Canonical(bool negative, std::string_view digits, int64_t exponent) {
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string_view::npos) return "0";
  const size_t last = digits.find_last_not_of('0');
  exponent += static_cast<int64_t>(digits.size() - 1 - last);
  std::string text = negative ? "-" : "";
  text += digits.substr(first, last + 1 - first);
  text += "e" + std::to_string(exponent);
  return text;
}

// Groups of three, "1,234,567", without their commas; nullopt when the commas stand otherwise.
std::optional<std::string> WithoutGroups(std::string_view number) {
  const size_t whole_end = std::min(number.find('.'), number.size());
  std::string plain;
  size_t group = 0;
  bool grouped = false;
  for (size_t i = 0; i < number.size(); ++i) {
    if (number[i] != ',') {
      plain += number[i];
      if (i < whole_end && IsDigit(number[i])) ++group;
      if (grouped && i < whole_end && group > 3) return std::nullopt;
      continue;
    }
    if (i > whole_end || group == 0 || group > 3 || (grouped && group != 3)) return std::nullopt;
    grouped = true;
    group = 0;
  }
  if (grouped && group != 3) return std::nullopt;
  return plain;
}

// A sign of money before the number, which becomes its unit; cut from `before`.
std::string_view TakeCurrency(std::string_view* before) {
  for (const std::string_view sign : {"$", "€", "£", "¥"}) {
    if (!before->ends_with(sign)) continue;
    const std::string_view taken = before->substr(before->size() - sign.size());
    before->remove_suffix(sign.size());
    return taken;
  }
  return {};
}

bool IsOneOf(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// Whether its words make of "42" something else than 42: a denial in its last sentence, or a hedge
// right before the number. Of other alphabets nobody here can tell.
bool MaySayOtherwise(std::string_view before) {
  static constexpr std::string_view kDenials[] = {"but", "cannot", "except", "never",  "no",
                                                  "nor", "not",    "unless", "without"};
  static constexpr std::string_view kHedges[] = {
      "about",  "above", "almost", "and",  "approximately", "around", "below", "least", "most",
      "nearly", "or",    "over",   "past", "roughly",       "than",   "to",    "under", "until"};
  const size_t end = before.find_last_of(".!?\n");
  const std::string sentence =
      AsciiLower(end == std::string_view::npos ? before : before.substr(end + 1));
  std::string_view last;
  size_t begin = 0;
  for (size_t i = 0; i <= sentence.size(); ++i) {
    const bool inside = i < sentence.size() && (IsLetter(sentence[i]) || sentence[i] == '\'');
    if (inside && static_cast<unsigned char>(sentence[i]) >= 0x80) return true;
    if (inside) continue;
    const std::string_view word = std::string_view(sentence).substr(begin, i - begin);
    begin = i + 1;
    if (word.ends_with("n't") || IsOneOf(word, kDenials)) return true;
    if (!word.empty()) last = word;
  }
  return IsOneOf(last, kHedges);
}

// "10:05", "2024-03-05", "10^5": the end of something longer.
bool GoesOn(std::string_view before) {
  if (before.size() < 2 || std::string_view("-:/^").find(before.back()) == std::string_view::npos) {
    return false;
  }
  const char joined = before[before.size() - 2];
  return IsDigit(joined) || (IsLetter(joined) && before.back() != ':');
}

}  // namespace

std::optional<std::string> CanonicalDecimal(std::string_view number) {
  bool negative = false;
  if (!number.empty() && (number[0] == '-' || number[0] == '+')) {
    negative = number[0] == '-';
    number.remove_prefix(1);
  }
  int64_t exponent = 0;
  if (const size_t at = number.find_first_of("eE"); at != std::string_view::npos) {
    std::string_view text = number.substr(at + 1);
    const bool down = text.starts_with('-');
    if (down || text.starts_with('+')) text.remove_prefix(1);
    const std::optional<int64_t> size = ParseInt(text);
    if (!size || *size < 0 || *size > kMaxExponent) return std::nullopt;
    exponent = down ? -*size : *size;
    number = number.substr(0, at);
  }
  std::string digits;
  bool point = false;
  for (const char c : number) {
    if (c == '.' && !point) {
      point = true;
    } else if (IsDigit(c) && digits.size() < kMaxDigits) {
      digits += c;
      exponent -= point ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;
  return Canonical(negative, digits, exponent);
}

std::optional<Quantity> FinalQuantity(std::string_view text) {
  Quantity quantity;
  text = WithoutTrailing(text);
  size_t end = text.size();
  while (end > 0 && (IsLetter(text[end - 1]) || text[end - 1] == '%')) --end;
  quantity.unit = text.substr(end);
  if (quantity.unit.size() > 24) return std::nullopt;
  std::string_view before = text.substr(0, end);
  while (before.ends_with(' ')) before.remove_suffix(1);
  size_t begin = before.size();
  const auto belongs = [](char c) { return IsDigit(c) || c == '.' || c == ','; };
  while (begin > 0 && belongs(before[begin - 1])) --begin;
  std::string_view number = before.substr(begin);
  if (number.empty() || !IsDigit(number.back()) || number.size() > kMaxDigits) return std::nullopt;
  if (begin > 0 && (before[begin - 1] == '-' || before[begin - 1] == '+')) {
    // "= -4" ends in -4; "3-4" in no number.
    const bool sign = begin == 1 || !(IsDigit(before[begin - 2]) || IsLetter(before[begin - 2]));
    if (sign) number = before.substr(--begin);
  }
  before = before.substr(0, begin);
  if (GoesOn(before)) return std::nullopt;
  if (!before.empty() && (IsLetter(before.back()) || before.back() == '/')) {
    const std::string_view currency = TakeCurrency(&before);
    if (currency.empty()) return std::nullopt;  // "x2", "3/4"
    if (!quantity.unit.empty()) return std::nullopt;
    quantity.unit = currency;
  } else if (const std::string_view currency = TakeCurrency(&before); !currency.empty()) {
    if (!quantity.unit.empty()) return std::nullopt;
    quantity.unit = currency;
  }
  const std::optional<std::string> plain = WithoutGroups(number);
  std::optional<std::string> value = plain ? CanonicalDecimal(*plain) : std::nullopt;
  if (!value) return std::nullopt;
  quantity.value = *std::move(value);
  if (MaySayOtherwise(before)) return std::nullopt;
  quantity.alone = before.find_first_not_of(" \t\r\n*_#`(=") == std::string_view::npos;
  return quantity;
}

}  // namespace weir::quality
