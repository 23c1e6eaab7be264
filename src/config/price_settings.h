// What a config or catalog file says of a model's prices.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/money.h"
#include "config/week_times.h"

namespace weir::config {

// Absent: see catalog/prices.h.
struct RateSettings {
  std::optional<Price> input, cached_input, cache_write, output;
  std::optional<Price> audio_input, audio_output, image_input;
};

struct LongPromptSettings : RateSettings {
  int64_t tokens = 0;  // of prompts with more of them
};

struct OffPeakSettings : RateSettings {
  WeekTimes utc;
};

struct LaterPriceSettings : RateSettings {
  std::optional<std::chrono::sys_days> from;  // that day's midnight in UTC
};

// Input and output are there; at most one of the lists is not empty.
struct PriceSettings : RateSettings {
  std::vector<LongPromptSettings> above;  // ascending
  std::vector<OffPeakSettings> off_peak;  // they do not overlap
  std::vector<LaterPriceSettings> later;  // ascending
};

}  // namespace weir::config
