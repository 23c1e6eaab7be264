#include "testing/fake_clock.h"

namespace weir {

void FakeClock::Advance(std::chrono::nanoseconds by) {
  steady_ += std::chrono::duration_cast<SteadyTime::duration>(by);
  wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by).count();
}

}  // namespace weir
