// Moments as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace weir {

// "2026-11-23"; nullopt: no day of the calendar, or written otherwise.
std::optional<std::chrono::sys_days> ParseDay(std::string_view text);

// UTC: "2026-11-23" (its first moment), "2026-11-23T21:20:00Z" or with up to six decimals of a
// second.
std::optional<WallMicros> ParseMoment(std::string_view text);

}  // namespace weir
