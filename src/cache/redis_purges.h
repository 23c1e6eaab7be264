// The purges of the shared cache that are not done yet, and those that were done just now. Redis
// holds the old answers until a purge has found them all; until then, and a little longer for what
// is on its way, no worker gives them. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "cache/key.h"

namespace weir::cache {

class RedisPurges {
 public:
  explicit RedisPurges(const Clock& clock) : clock_(clock) {}

  // From now on nothing is given that was written until now. More than 64 at a time become one that
  // holds everything.
  uint64_t Begin(const Selection& selection);
  void Finish(uint64_t id);
  bool Hides(const Key& key, WallMicros written) const;
  size_t unfinished() const;

 private:
  struct Purge {
    uint64_t id;
    Selection selection;
    WallMicros until;
    SteadyTime finished = SteadyTime::max();
  };
  void Forget();

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Purge> purges_;
  std::atomic<size_t> count_{0};  // of purges_: nearly always 0
  uint64_t last_id_ = 0;
};

}  // namespace weir::cache
