// What a model's tokens cost: one function, for what is expected, what was counted and what the
// baseline would have taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "config/price_settings.h"

namespace weir::catalog {

// Of each kind of token. What a source does not name costs what plain input or output does.
struct Rates {
  Price input;
  Price cached_input;  // of prompt tokens that the provider had kept
  Price cache_write;   // of those that it keeps for later
  Price output;
  Price audio_input, audio_output, image_input;
};

// Other rates for some requests: one of the three conditions. A rate that they do not name is the
// standard one, or what it stands for: a cached_input of nobody is the terms' own input.
struct Terms {
  Rates rates;
  int64_t above = 0;                          // prompts of more tokens, where not 0
  std::optional<config::WeekTimes> utc;       // when the request was whole
  std::optional<std::chrono::sys_days> from;  // the same
};

// When no time is told: the standard price, whatever the clock says.
inline constexpr WallMicros kNoTime = std::numeric_limits<WallMicros>::min();

struct Prices : Rates {           // the standard ones
  std::string source;             // URL, or "config"
  std::string date;               // YYYY-MM-DD, or empty
  std::vector<Terms> terms = {};  // of several that hold, the last

  // Of a request that was whole at that time.
  const Rates& At(int64_t prompt_tokens, WallMicros at) const {
    return terms.empty() ? *this : Find(prompt_tokens, at);
  }

 private:
  const Rates& Find(int64_t prompt_tokens, WallMicros at) const;
};

Prices MakePrices(const config::PriceSettings& said, std::string source, std::string date);

// Tokens of one attempt. cached + cache_write <= prompt; audio_prompt + image_prompt <= prompt,
// across the former; reasoning and audio_completion are parts of completion.
struct Usage {
  int64_t prompt = 0;
  int64_t cached = 0;
  int64_t completion = 0;
  int64_t reasoning = 0;
  bool estimated = false;  // counted by us because the upstream did not say
  int64_t cache_write = 0;
  int64_t audio_prompt = 0;
  int64_t image_prompt = 0;
  int64_t audio_completion = 0;
  bool operator==(const Usage&) const = default;
};

// Each token at its rate, in checked 128 bits, rounded half up once. Nobody tells how much of the
// audio and of the images was cached: as much as does not fit beside what was, images first, so
// that no token is paid twice. kInternal for counts that contradict each other and for a cost
// beyond NanoUsd.
Result<NanoUsd> Cost(const Usage& usage, const Prices& prices, WallMicros at);
// The most that up to so many tokens can cost then, of whatever kind they turn out to be.
Result<NanoUsd> HighestCost(int64_t prompt, int64_t completion, const Prices& prices,
                            WallMicros at);

}  // namespace weir::catalog
