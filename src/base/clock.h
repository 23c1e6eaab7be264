// Time comes in through a Clock so that tests own it. Timeouts use the steady side only; the wall
// side stamps rows and cuts calendar windows.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/fixed_text.h"

namespace weir {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallMicros = int64_t;  // microseconds since 1970-01-01T00:00:00Z

// UTC days have no leap second.
inline constexpr WallMicros kMicrosADay = 86'400'000'000;
// Days since 1970-01-01, also before it.
constexpr int64_t DayOf(WallMicros time) {
  return time / kMicrosADay - (time % kMicrosADay < 0 ? 1 : 0);
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Steady() const = 0;
  virtual WallMicros Wall() const = 0;
};

// The machine's clock. Lives for ever; any thread.
const Clock& SystemClock();

// The day's first moment.
constexpr WallMicros Midnight(WallMicros time) {
  return DayOf(time) * kMicrosADay;
}

// "2026-11-23T21:20:00.123Z"
FixedText<24> WallText(WallMicros micros);
inline std::string FormatWall(WallMicros micros) {
  return WallText(micros).ToString();
}

}  // namespace weir
