// A moment as an operator writes it in a query.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace weir::admin {

// "24h", "30d": that long before `now`. "2026-11-23" or "2026-11-23T21:20:00[.123]Z": that moment,
// UTC. kBadRequest, with `name` as its param, for anything else.
Result<WallMicros> ParseWhen(std::string_view name, std::string_view text, WallMicros now);

}  // namespace weir::admin
