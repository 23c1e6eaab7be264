#include "base/money.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "base/strings.h"

namespace weir {
namespace {

constexpr int64_t kFemtoPerUsdPerMillion = 1'000'000'000;
constexpr int64_t kFemtoPerNano = 1'000'000;

Error BadPrice(std::string_view text) {
  return MakeError(Reason::kConfig,
                   fmt::format("\"{}\" is not a price in USD per million tokens: expected plain "
                               "decimal text from 0 to 1000000 with at most 9 decimals",
                               text));
}

bool AllDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "12.5" of at most 1,000,000 and 9 decimals; without sign, exponent or blanks.
std::optional<int64_t> ParseBillionths(std::string_view text) {
  constexpr int64_t kMost = 1'000'000;
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view decimals = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  const bool shape_ok = !whole.empty() && whole.size() <= 7 && decimals.size() <= 9 &&
                        (dot == std::string_view::npos || !decimals.empty());
  if (!shape_ok || !AllDigits(whole) || !AllDigits(decimals)) return std::nullopt;
  int64_t value = 0;
  for (const char digit : whole) value = value * 10 + (digit - '0');
  if (value > kMost) return std::nullopt;
  value *= 1'000'000'000;
  int64_t unit = 100'000'000;
  for (const char digit : decimals) {
    value += (digit - '0') * unit;
    unit /= 10;
  }
  return value;
}

// 9 decimals, of which zeros at the end are cut, but `keep` of them stay.
std::string Decimal(std::string_view sign, uint64_t billionths, size_t keep) {
  constexpr size_t kDecimals = 9;
  std::array<char, kDecimals> decimals;
  uint64_t rest = billionths % 1'000'000'000;
  for (size_t i = kDecimals; i > 0; rest /= 10) decimals[--i] = static_cast<char>('0' + rest % 10);
  size_t shown = kDecimals;
  while (shown > keep && decimals[shown - 1] == '0') --shown;
  std::string text(sign);
  AppendUint(&text, billionths / 1'000'000'000);
  if (shown > 0) (text += '.').append(decimals.data(), shown);
  return text;
}

}  // namespace

Result<Price> ParsePrice(std::string_view text) {
  const std::optional<int64_t> billionths = ParseBillionths(text);
  if (!billionths) return BadPrice(text);
  return Price{*billionths};
}

Result<NanoUsd> ParseUsd(std::string_view text) {
  const std::optional<int64_t> billionths = ParseBillionths(text);
  if (billionths) return NanoUsd{*billionths};
  return MakeError(Reason::kConfig,
                   fmt::format("\"{}\" is not an amount in USD: expected plain decimal text from "
                               "0 to 1000000 with at most 9 decimals",
                               text));
}

std::string FormatPrice(Price price) {
  static_assert(kFemtoPerUsdPerMillion == 1'000'000'000);
  return price.femto < 0 ? Decimal("-", 0 - static_cast<uint64_t>(price.femto), 0)
                         : Decimal("", static_cast<uint64_t>(price.femto), 0);
}

void CostSum::Add(int64_t tokens, Price price) {
  const Wide product = static_cast<Wide>(tokens) * price.femto;
  if (tokens < 0 || price.femto < 0 || __builtin_add_overflow(femto_, product, &femto_)) {
    valid_ = false;
  }
}

Result<NanoUsd> CostSum::Rounded() const {
  const bool up = femto_ % kFemtoPerNano >= kFemtoPerNano / 2;
  const Wide nano = femto_ / kFemtoPerNano + (up ? 1 : 0);
  if (!valid_ || nano > std::numeric_limits<int64_t>::max()) {
    return MakeError(Reason::kInternal, "the cost of an attempt does not fit into nano-dollars");
  }
  return NanoUsd{static_cast<int64_t>(nano)};
}

Result<NanoUsd> Add(NanoUsd a, NanoUsd b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a.nano, b.nano, &sum)) {
    return MakeError(Reason::kInternal, "a sum of money does not fit into nano-dollars");
  }
  return NanoUsd{sum};
}

NanoUsd AddSaturating(NanoUsd a, NanoUsd b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a.nano, b.nano, &sum)) return NanoUsd{sum};
  return NanoUsd{a.nano > 0 ? std::numeric_limits<int64_t>::max()
                            : std::numeric_limits<int64_t>::min()};
}

std::string FormatUsd(NanoUsd amount) {
  return amount.nano < 0 ? Decimal("-", 0 - static_cast<uint64_t>(amount.nano), 2)
                         : Decimal("", static_cast<uint64_t>(amount.nano), 2);
}

}  // namespace weir
