// A clock that moves only when the test says so.
#pragma once

#include "base/clock.h"

namespace weir {

class FakeClock final : public Clock {
 public:
  SteadyTime Steady() const override { return steady_; }
  WallMicros Wall() const override { return wall_; }
  void Advance(std::chrono::nanoseconds by);
  void SetWall(WallMicros wall) { wall_ = wall; }

 private:
  SteadyTime steady_{std::chrono::hours(1)};
  WallMicros wall_ = 1'764'000'000'000'000;  // 2025-11-24T16:00:00Z
};

}  // namespace weir
