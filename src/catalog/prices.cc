#include "catalog/prices.h"

#include <algorithm>

namespace weir::catalog {
namespace {

config::RateSettings Over(config::RateSettings rates, const config::RateSettings& more) {
  using Member = std::optional<Price> config::RateSettings::*;
  for (const Member member :
       {&config::RateSettings::input, &config::RateSettings::cached_input,
        &config::RateSettings::cache_write, &config::RateSettings::output,
        &config::RateSettings::audio_input, &config::RateSettings::audio_output,
        &config::RateSettings::image_input}) {
    if (more.*member) rates.*member = more.*member;
  }
  return rates;
}

Rates RatesOf(const config::RateSettings& said) {
  return {.input = *said.input,
          .cached_input = said.cached_input.value_or(*said.input),
          .cache_write = said.cache_write.value_or(*said.input),
          .output = *said.output,
          .audio_input = said.audio_input.value_or(*said.input),
          .audio_output = said.audio_output.value_or(*said.output),
          .image_input = said.image_input.value_or(*said.input)};
}

bool Holds(const Terms& terms, int64_t prompt_tokens, WallMicros at) {
  if (terms.above > 0) return prompt_tokens > terms.above;
  if (at == kNoTime) return false;
  if (terms.utc) return terms.utc->Contains(at);
  return std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at)) >=
         *terms.from;
}

bool IsSound(const Usage& usage) {
  const auto parts = [](int64_t a, int64_t b, int64_t whole) {
    return a >= 0 && b >= 0 && a <= whole && b <= whole - a;
  };
  return usage.prompt >= 0 && usage.completion >= 0 &&
         parts(usage.cached, usage.cache_write, usage.prompt) &&
         parts(usage.audio_prompt, usage.image_prompt, usage.prompt) &&
         parts(usage.audio_completion, 0, usage.completion);
}

int64_t Take(int64_t wanted, int64_t* left) {
  const int64_t taken = std::min(wanted, *left);
  *left -= taken;
  return taken;
}

}  // namespace

const Rates& Prices::Find(int64_t prompt_tokens, WallMicros at) const {
  const auto last = std::find_if(terms.rbegin(), terms.rend(),
                                 [&](const Terms& each) { return Holds(each, prompt_tokens, at); });
  return last == terms.rend() ? *this : last->rates;
}

Prices MakePrices(const config::PriceSettings& said, std::string source, std::string date) {
  Prices prices{RatesOf(said), std::move(source), std::move(date)};
  for (const auto& above : said.above) {
    prices.terms.push_back({RatesOf(Over(said, above)), above.tokens, {}, {}});
  }
  for (const auto& off_peak : said.off_peak) {
    prices.terms.push_back({RatesOf(Over(said, off_peak)), 0, off_peak.utc, {}});
  }
  for (const auto& later : said.later) {
    prices.terms.push_back({RatesOf(Over(said, later)), 0, {}, later.from});
  }
  return prices;
}

Result<NanoUsd> Cost(const Usage& usage, const Prices& prices, WallMicros at) {
  if (!IsSound(usage)) {
    return MakeError(Reason::kInternal, "an attempt counts more tokens of a kind than there are");
  }
  const Rates& rates = prices.At(usage.prompt, at);
  int64_t left = usage.prompt - usage.cached - usage.cache_write;
  CostSum sum;
  sum.Add(usage.cached, rates.cached_input);
  sum.Add(usage.cache_write, rates.cache_write);
  sum.Add(Take(usage.audio_prompt, &left), rates.audio_input);
  sum.Add(Take(usage.image_prompt, &left), rates.image_input);
  sum.Add(left, rates.input);
  sum.Add(usage.audio_completion, rates.audio_output);
  sum.Add(usage.completion - usage.audio_completion, rates.output);
  return sum.Rounded();
}

Result<NanoUsd> HighestCost(int64_t prompt, int64_t completion, const Prices& prices,
                            WallMicros at) {
  Price input, output;
  const auto raise = [&](const Rates& rates) {
    input = std::max({input, rates.input, rates.cached_input, rates.cache_write, rates.audio_input,
                      rates.image_input});
    output = std::max({output, rates.output, rates.audio_output});
  };
  raise(prices.At(0, at));
  for (const Terms& terms : prices.terms) {
    if (terms.above > 0 && terms.above < prompt) raise(prices.At(terms.above + 1, at));
  }
  CostSum sum;
  sum.Add(prompt, input);
  sum.Add(completion, output);
  return sum.Rounded();
}

}  // namespace weir::catalog
