// What the Redis stores of all workers have in common: where Redis is, what became of it, and the
// figures that metrics and health show. One a process; any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/outage.h"
#include "cache/redis_purges.h"
#include "config/settings.h"
#include "net/redis_client.h"

namespace weir::cache {

struct RedisFigures {
  bool down = false;                       // for some worker: it goes on without
  std::chrono::milliseconds down_time{0};  // of all workers together
  uint64_t hits = 0, misses = 0;
  uint64_t unasked = 0;  // lookups while there was no connection, or no room
  uint64_t corrupt = 0;  // values of another version, of another type, damaged, or of another key
  uint64_t stored = 0;   // sent; an error of theirs is in `errors`
  uint64_t too_large = 0;
  uint64_t purged = 0;             // answers taken away
  uint64_t purges_unfinished = 0;  // what they hold is not given
  uint64_t connects = 0;
  uint64_t commands = 0, errors = 0, timeouts = 0, dropped = 0;
  uint64_t sent_bytes = 0, received_bytes = 0;
};

class RedisShared {
 public:
  // `clock` outlives it.
  RedisShared(const config::RedisSettings& settings, const Clock& clock);
  RedisShared(const RedisShared&) = delete;
  RedisShared& operator=(const RedisShared&) = delete;

  bool down() const { return outage_.any(); }
  RedisFigures figures() const;

 private:
  friend class RedisStore;
  friend class RedisPurger;
  struct Counters {
    std::atomic<uint64_t> hits{0}, misses{0}, unasked{0}, corrupt{0}, stored{0}, too_large{0},
        purged{0};
  };

  const Clock& clock_;
  const net::RedisTarget target_;
  net::RedisTraffic traffic_;
  Counters counters_;
  Outage outage_;
  RedisPurges purges_;
};

}  // namespace weir::cache
