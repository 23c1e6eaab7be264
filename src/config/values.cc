#include <fmt/format.h>

#include "base/strings.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kLongestMs = 3650 * kDayMs;

struct Unit {
  std::string_view name;
  int64_t factor;
};

// Dear to cheap: "1h30m" is written in this order.
constexpr std::array<Unit, 5> kTimeUnits = {
    {{"d", kDayMs}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 7> kSizeUnits = {{{"", 1},
                                             {"k", 1'000},
                                             {"M", 1'000'000},
                                             {"G", 1'000'000'000},
                                             {"KiB", 1 << 10},
                                             {"MiB", 1 << 20},
                                             {"GiB", 1 << 30}}};
constexpr std::array<Unit, 3> kTokenUnits = {{{"", 1}, {"k", 1'000}, {"M", 1'000'000}}};

Error Bad(std::string_view text, std::string_view expected) {
  return MakeError(Reason::kConfig,
                   fmt::format("\"{}\" is not {}", Utf8Prefix(text, 100), expected));
}

Error BadDuration(std::string_view text) {
  return Bad(text,
             "a duration: expected whole numbers with d, h, m, s or ms, such as 10s, 250ms or "
             "1h30m, more than 0 and at most 3650d");
}

struct Quantity {
  int64_t count;
  std::string_view unit;
};

// Takes "<digits><letters>" off the front of `text`.
std::optional<Quantity> TakeQuantity(std::string_view* text) {
  size_t digits = std::min(text->find_first_not_of("0123456789"), text->size());
  std::string_view rest = text->substr(digits);
  size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
  std::optional<int64_t> count = ParseInt(text->substr(0, digits));
  if (!count) return std::nullopt;
  text->remove_prefix(digits + letters);
  return Quantity{*count, rest.substr(0, letters)};
}

std::optional<int64_t> ParseScaled(std::string_view text, std::span<const Unit> units) {
  std::optional<Quantity> quantity = TakeQuantity(&text);
  if (!quantity || !text.empty()) return std::nullopt;
  auto unit = std::find_if(units.begin(), units.end(),
                           [&](const Unit& u) { return u.name == quantity->unit; });
  int64_t value = 0;
  if (unit == units.end() || __builtin_mul_overflow(quantity->count, unit->factor, &value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Result<milliseconds> ParseDuration(std::string_view text) {
  std::string_view rest = text;
  int64_t total = 0;
  auto allowed = kTimeUnits.begin();
  while (!rest.empty()) {
    std::optional<Quantity> part = TakeQuantity(&rest);
    if (!part) return BadDuration(text);
    auto unit = std::find_if(allowed, kTimeUnits.end(),
                             [&](const Unit& u) { return u.name == part->unit; });
    int64_t value = 0;
    if (unit == kTimeUnits.end() || __builtin_mul_overflow(part->count, unit->factor, &value) ||
        __builtin_add_overflow(total, value, &total)) {
      return BadDuration(text);
    }
    allowed = std::next(unit);
  }
  if (total <= 0 || total > kLongestMs) return BadDuration(text);
  return milliseconds(total);
}

Result<int64_t> ParseSize(std::string_view text) {
  std::optional<int64_t> size = ParseScaled(text, kSizeUnits);
  if (!size) {
    return Bad(text,
               "a size: expected a whole number of bytes, with KiB, MiB or GiB, or with k, M or "
               "G for thousands, such as 32MiB");
  }
  return *size;
}

Result<int64_t> ParseTokenCount(std::string_view text) {
  std::optional<int64_t> tokens = ParseScaled(text, kTokenUnits);
  if (!tokens) {
    return Bad(text,
               "a number of tokens: expected a whole number, with k or M for thousands and "
               "millions, such as 128k");
  }
  return *tokens;
}

}  // namespace weir::config
