// Money is integers. A price is femto-dollars (1e-15 USD) a token, so "0.014 USD per million
// tokens" is exactly 14,000,000; an amount is nano-dollars (1e-9 USD). No double comes near either.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// Femto-dollars a token. USD per million tokens x 1e9.
struct Price {
  int64_t femto = 0;
  auto operator<=>(const Price&) const = default;
};

struct NanoUsd {
  int64_t nano = 0;
  auto operator<=>(const NanoUsd&) const = default;
};

// Reads decimal text in USD per million tokens: "0.07", "12", "0.000001". At most 9 decimals and
// 1,000,000 USD; no sign, exponent or blanks.
Result<Price> ParsePrice(std::string_view usd_per_million);
Result<NanoUsd> ParseUsd(std::string_view usd);  // likewise, an amount in USD
std::string FormatPrice(Price price);  // shortest exact decimal text, USD per million tokens

// Sum of tokens x price before rounding, in checked 128 bits.
class CostSum {
 public:
  // Neither is negative, else the sum becomes invalid, as it does where it does not fit.
  void Add(int64_t tokens, Price price);
  // Rounded half up to nano-dollars, once. An error when it does not fit or has become invalid.
  Result<NanoUsd> Rounded() const;

 private:
  __extension__ using Wide = __int128;
  Wide femto_ = 0;
  bool valid_ = true;
};

Result<NanoUsd> Add(NanoUsd a, NanoUsd b);  // an error instead of a wrap
// a + b, held at the limits of int64: for sums that are only shown.
NanoUsd AddSaturating(NanoUsd a, NanoUsd b);
std::string FormatUsd(NanoUsd amount);  // "0.000123456", no trailing zeros beyond the cents

}  // namespace weir
