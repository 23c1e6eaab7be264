// The confidence sequence of a share that is known by its counts.
#pragma once

#include <cstdint>

#include "quality/share_interval.h"

namespace weir::quality {

// As though the `count` verdicts, `good` of them the share's, had been looked at one by one.
Interval CountInterval(int64_t good, int64_t count, double alpha);

}  // namespace weir::quality
