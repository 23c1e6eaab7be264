// A confidence sequence for a mean of anything with a variance, costs for one: valid at all times
// together once there are some dozens of values.
//
// The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021,
// "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2: the mean
// within s * sqrt(2 (n r^2 + 1) / (n^2 r^2) * ln(sqrt(n r^2 + 1) / alpha)); r is set so that it is
// narrowest at some hundreds of values.
#pragma once

#include <cstdint>

#include "quality/share_interval.h"

namespace weir::quality {

// Of `count` values with that sum and sum of squares. Fewer than 50: anything.
Interval MeanInterval(int64_t count, double sum, double squares, double alpha);

}  // namespace weir::quality
