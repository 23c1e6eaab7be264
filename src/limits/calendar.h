// UTC calendar windows of budgets.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "config/key_settings.h"

namespace weir::limits {

// The first day of the window that `day` is in; the day itself, the first of its month, or, of a
// total, the least number there is.
int64_t FirstDay(config::Per per, int64_t day);
// When the window of `time` ends; INT64_MAX of a total.
WallMicros EndOfWindow(config::Per per, WallMicros time);

}  // namespace weir::limits
