// Takes away what a selection holds from Redis, a few hundred names at a time, between the
// requests' commands: SCAN, UNLINK, until it has been all around. What an outage interrupts begins
// anew when Redis is back. On the worker's thread.
#pragma once

#include <deque>
#include <string>

#include "cache/redis_shared.h"

namespace weir::cache {

class RedisPurger {
 public:
  RedisPurger(net::RedisClient& client, std::shared_ptr<RedisShared> shared);
  RedisPurger(const RedisPurger&) = delete;
  RedisPurger& operator=(const RedisPurger&) = delete;

  void Start(const Selection& selection);
  void OnReady();  // a connection stands

 private:
  enum class Step : uint8_t { kIdle, kScanning, kUnlinking };
  struct Purge {
    uint64_t id;
    std::string pattern;
    int refusals = 0;
  };

  void Scan();
  void OnDone();
  void OnNames(std::vector<net::RedisReply> scanned);
  void Next();
  void GiveUpAtLast(std::string_view why);

  net::RedisClient& client_;
  const std::shared_ptr<RedisShared> shared_;
  std::deque<Purge> waiting_;  // the first one is at work
  Step step_ = Step::kIdle;
  std::string cursor_;
  net::RedisCall call_;
};

}  // namespace weir::cache
