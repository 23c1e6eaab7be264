// The time as one step of a worker's loop sees it. Within a step (one callback of the loop, with
// all that it resumes) the clock is read when somebody first asks, and that answer holds until the
// step ends: a step takes microseconds, and reading the clock twenty times was a part of them.
#pragma once

#include "base/clock.h"

namespace weir::net {

// Of one worker's thread.
class StepClock final : public Clock {
 public:
  explicit StepClock(const Clock& clock) : clock_(clock) {}

  SteadyTime Steady() const override {
    if (!known_) {
      now_ = clock_.Steady();
      known_ = in_step_;
    }
    return now_;
  }
  WallMicros Wall() const override { return clock_.Wall(); }

  // For the loop. Between End() and Begin() every call reads the clock.
  void Begin() {
    in_step_ = true;
    known_ = false;
  }
  void End() { in_step_ = known_ = false; }

 private:
  const Clock& clock_;
  bool in_step_ = false;
  mutable bool known_ = false;
  mutable SteadyTime now_;
};

}  // namespace weir::net
