// Money: costs, sums and their texts against exact 128-bit arithmetic.
#include <limits>
#include <string>

#include "base/money.h"
#include "base/strings.h"
#include "catalog/directory.h"
#include "fuzz/check.h"
#include "fuzz/input.h"

namespace weir::fuzz {
namespace {

__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

constexpr Wide kMost = std::numeric_limits<int64_t>::max();
constexpr Wide kLeast = std::numeric_limits<int64_t>::min();

// Femto-dollars to nano-dollars, by comparing what is left.
Wide RoundHalfUp(Wide femto) {
  constexpr Wide kPerNano = 1'000'000;
  return femto / kPerNano + (2 * (femto % kPerNano) >= kPerNano ? 1 : 0);
}

void CheckCost(Input* input) {
  const catalog::Usage usage{input->Signed(), input->Signed(), input->Signed(), input->Signed()};
  catalog::Prices prices;
  prices.input = Price{input->Signed()};
  prices.cached_input = Price{input->Signed()};
  prices.output = Price{input->Signed()};
  const Result<NanoUsd> cost = catalog::Cost(usage, prices);
  const bool sound = usage.prompt >= 0 && usage.cached >= 0 && usage.completion >= 0 &&
                     usage.cached <= usage.prompt && prices.input.femto >= 0 &&
                     prices.cached_input.femto >= 0 && prices.output.femto >= 0;
  if (!sound) {
    WEIR_FUZZ_CHECK(!cost);
    return;
  }
  const Wide exact = RoundHalfUp(Wide{usage.prompt - usage.cached} * prices.input.femto +
                                 Wide{usage.cached} * prices.cached_input.femto +
                                 Wide{usage.completion} * prices.output.femto);
  WEIR_FUZZ_CHECK(cost.has_value() == (exact <= kMost));
  if (cost) WEIR_FUZZ_CHECK(cost->nano == exact);
}

// Products of any kind, more than there are in a cost. None is larger than 2^126: four fit into 128
// bits without a sign.
void CheckCostSum(Input* input) {
  UnsignedWide exact = 0;
  bool sound = true;
  CostSum sum;
  for (size_t left = input->Below(5); left > 0; --left) {
    const int64_t tokens = input->Signed(), femto = input->Signed();
    sum.Add(tokens, Price{femto});
    sound = sound && tokens >= 0 && femto >= 0;
    if (sound) exact += static_cast<UnsignedWide>(tokens) * static_cast<uint64_t>(femto);
  }
  const Result<NanoUsd> nano = sum.Rounded();
  const bool fits = sound && exact <= static_cast<UnsignedWide>(kMost) * 1'000'000 + 499'999;
  WEIR_FUZZ_CHECK(nano.has_value() == fits);
  if (nano) WEIR_FUZZ_CHECK(nano->nano == RoundHalfUp(static_cast<Wide>(exact)));
}

void CheckSums(Input* input) {
  const NanoUsd a{input->Signed()}, b{input->Signed()};
  const Wide exact = Wide{a.nano} + b.nano;
  const bool fits = exact >= kLeast && exact <= kMost;
  const Result<NanoUsd> sum = Add(a, b);
  WEIR_FUZZ_CHECK(sum.has_value() == fits);
  if (sum) WEIR_FUZZ_CHECK(sum->nano == exact);
  const Wide held = exact > kMost ? kMost : exact < kLeast ? kLeast : exact;
  WEIR_FUZZ_CHECK(AddSaturating(a, b).nano == held);
}

// The billionths that a decimal text says; it has at most nine places.
Wide Billionths(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Wide value = 0;
  int places = -1;
  for (char c : text) {
    if (c == '.') {
      WEIR_FUZZ_CHECK(places < 0);
      places = 0;
      continue;
    }
    WEIR_FUZZ_CHECK(c >= '0' && c <= '9');
    value = value * 10 + (c - '0');
    if (places >= 0) ++places;
  }
  for (int i = std::max(places, 0); i < 9; ++i) value *= 10;
  WEIR_FUZZ_CHECK(places <= 9);
  return negative ? -value : value;
}

void CheckTexts(Input* input) {
  const int64_t number = input->Signed();
  WEIR_FUZZ_CHECK(Billionths(FormatUsd({number})) == number);
  WEIR_FUZZ_CHECK(Billionths(FormatPrice({number})) == number);
  const std::string_view text = input->Rest();
  const Result<Price> price = ParsePrice(text);
  if (!price) return;
  WEIR_FUZZ_CHECK(price->femto >= 0 && price->femto <= 1'000'000'999'999'999);
  WEIR_FUZZ_CHECK(Billionths(text) == price->femto);
  const Result<Price> again = ParsePrice(FormatPrice(*price));
  WEIR_FUZZ_CHECK(again && *again == *price);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::fuzz::Input input(weir::fuzz::Bytes(bytes, size));
  weir::fuzz::CheckCost(&input);
  weir::fuzz::CheckCostSum(&input);
  weir::fuzz::CheckSums(&input);
  weir::fuzz::CheckTexts(&input);
  return 0;
}
