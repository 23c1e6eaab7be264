// A token bucket: what is allowed a minute, at once or evenly, refilled evenly.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace weir::limits {

// Not thread-safe. Begins full. The rate comes with each call, so that a reload changes it.
class Bucket {
 public:
  // True, and taken, when `amount` is there. More than a whole minute's is asked of a full bucket,
  // else it could never be had.
  bool Take(int64_t amount, int64_t a_minute, SteadyTime now);
  // Without asking: what was used beyond what was taken, or (negative) what was not.
  void Charge(int64_t amount, int64_t a_minute, SteadyTime now);

  int64_t left(int64_t a_minute, SteadyTime now);  // whole ones; not below 0
  // Until `amount` is there.
  std::chrono::milliseconds Until(int64_t amount, int64_t a_minute, SteadyTime now);

 private:
  void Refill(int64_t a_minute, SteadyTime now);

  __extension__ using Wide = __int128;
  // Taken and not yet refilled; in units of which a microsecond refills as many as the rate says.
  Wide used_ = 0;
  SteadyTime at_{};
};

}  // namespace weir::limits
