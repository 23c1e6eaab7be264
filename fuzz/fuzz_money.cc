// Money: costs, sums and their texts against exact 128-bit arithmetic.
#include <algorithm>
#include <limits>
#include <string>

#include "base/money.h"
#include "base/strings.h"
#include "catalog/prices.h"
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

// Of numbers that a price may be; a negative one now and then.
Price ReadRate(Input* input) {
  return Price{input->Signed() % 1'000'000'000'000'000};
}

catalog::Rates ReadRates(Input* input) {
  catalog::Rates rates;
  for (Price* rate : {&rates.input, &rates.cached_input, &rates.cache_write, &rates.output,
                      &rates.audio_input, &rates.audio_output, &rates.image_input}) {
    *rate = ReadRate(input);
  }
  return rates;
}

catalog::Usage ReadUsage(Input* input) {
  catalog::Usage usage;
  for (int64_t* count : {&usage.prompt, &usage.cached, &usage.completion, &usage.cache_write,
                         &usage.audio_prompt, &usage.image_prompt, &usage.audio_completion}) {
    *count = input->Signed();
  }
  return usage;
}

bool IsSound(const catalog::Usage& usage) {
  const int64_t least = std::min({usage.prompt, usage.cached, usage.completion, usage.cache_write,
                                  usage.audio_prompt, usage.image_prompt, usage.audio_completion});
  return least >= 0 && Wide{usage.cached} + usage.cache_write <= usage.prompt &&
         Wide{usage.audio_prompt} + usage.image_prompt <= usage.prompt &&
         usage.audio_completion <= usage.completion;
}

bool IsSound(const catalog::Rates& rates) {
  return std::min({rates.input, rates.cached_input, rates.cache_write, rates.output,
                   rates.audio_input, rates.audio_output, rates.image_input})
             .femto >= 0;
}

void CheckCost(Input* input) {
  const catalog::Usage usage = ReadUsage(input);
  catalog::Prices prices{ReadRates(input), {}, {}};
  const catalog::Rates tier = ReadRates(input);
  const int64_t above = input->Signed();
  if (above > 0) prices.terms.push_back({tier, above, {}, {}});
  const catalog::Rates& rates = above > 0 && usage.prompt > above ? tier : prices;
  const Result<NanoUsd> cost = catalog::Cost(usage, prices, input->Signed());
  if (!IsSound(usage) || !IsSound(rates)) {
    WEIR_FUZZ_CHECK(!cost);
    return;
  }
  const Wide fresh = Wide{usage.prompt} - usage.cached - usage.cache_write;
  const Wide audio = std::min<Wide>(usage.audio_prompt, fresh);
  const Wide images = std::min<Wide>(usage.image_prompt, fresh - audio);
  const Wide exact =
      RoundHalfUp((fresh - audio - images) * rates.input.femto + audio * rates.audio_input.femto +
                  images * rates.image_input.femto + Wide{usage.cached} * rates.cached_input.femto +
                  Wide{usage.cache_write} * rates.cache_write.femto +
                  Wide{usage.audio_completion} * rates.audio_output.femto +
                  Wide{usage.completion - usage.audio_completion} * rates.output.femto);
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
