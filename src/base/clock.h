// Time comes in through a Clock so that tests own it. Timeouts use the steady side only; the wall
// side stamps rows and cuts calendar windows.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallMicros = int64_t;  // microseconds since 1970-01-01T00:00:00Z

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Steady() const = 0;
  virtual WallMicros Wall() const = 0;
};

// The machine's clock. Lives for ever; any thread.
const Clock& SystemClock();

// "2026-11-23T21:20:00.123Z"
std::string FormatWall(WallMicros micros);

}  // namespace weir
