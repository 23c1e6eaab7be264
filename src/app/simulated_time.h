// A month in a minute: `weir serve --simulated-time FROM` has a wall clock that is told the time
// (POST /api/time), for demonstrations and tests. Rows, budgets, prices by the hour and the quality
// monitor's days follow it; timeouts and whatever else is on the steady clock stay real.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/directory.h"
#include "config/settings.h"

namespace weir::app {

class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(WallMicros begin);
  SteadyTime Steady() const override { return SystemClock().Steady(); }
  // Goes on as fast as the machine's from where it was put last. Any thread.
  WallMicros Wall() const override;
  // kBadRequest: backwards.
  Result<void> MoveTo(WallMicros time);

 private:
  std::atomic<int64_t> ahead_;  // of the machine's
};

// Nobody may fake the time of real bills: kConfig, with its place, for a provider that is not the
// simulator.
Result<void> AllowSimulatedTime(const config::Settings& settings,
                                const catalog::Directory& directory);

// A data_dir holds one kind of time: kConfig where rows of the other kind are in it.
Result<void> HoldTimeOf(const std::string& data_dir, bool simulated);

// POST /api/time {"now": "2026-09-02T08:00:00Z"}.
Result<std::string> MoveTime(SimulatedClock& clock, std::string_view body);

}  // namespace weir::app
