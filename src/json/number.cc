#include <charconv>
#include <cmath>

#include "base/strings.h"
#include "json/token.h"

namespace weir::json {
namespace {

bool SkipDigits(std::string_view text, size_t* at) {
  size_t begin = *at;
  while (*at < text.size() && text[*at] >= '0' && text[*at] <= '9') ++*at;
  return *at > begin;
}

bool HasNumberGrammar(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  size_t digits = at;
  if (!SkipDigits(text, &at) || (text[digits] == '0' && at > digits + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!SkipDigits(text, &at)) return false;
  }
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!SkipDigits(text, &at)) return false;
  }
  return at == text.size();
}

}  // namespace

std::optional<double> DoubleOf(std::string_view number) {
  double value = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return value;
}

bool IsNumber(std::string_view text) {
  if (text.size() > kMaxNumberBytes || !HasNumberGrammar(text)) return false;
  // Too few characters to overflow, unless there is an exponent.
  if (text.size() < 300 && text.find_first_of("eE") == std::string_view::npos) return true;
  // Out of range downwards is a zero; only the exponent's sign tells the two apart here.
  return DoubleOf(text).has_value() || text.find("e-") != std::string_view::npos ||
         text.find("E-") != std::string_view::npos;
}

std::optional<int64_t> IntegerOf(std::string_view number) {
  if (auto whole = ParseInt(number)) return whole;
  if (number.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  std::optional<double> value = DoubleOf(number);
  constexpr double kExact = 9007199254740992;  // 2^53
  if (!value || std::trunc(*value) != *value || std::fabs(*value) > kExact) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace weir::json
