// Answers that several nodes share, in Redis. One a worker, on its thread. It is never more than a
// help: without Redis, or when Redis is slow, it finds nothing and keeps nothing, at once
// (docs/adr/0009-redis.md).
#pragma once

#include <memory>

#include "cache/redis_purger.h"
#include "cache/redis_shared.h"
#include "cache/store.h"
#include "net/redis_client.h"

namespace weir::cache {

class RedisStore final : public Store {
 public:
  // A larger answer, or one to a larger request, is not shared.
  static constexpr size_t kMostBody = 1 << 20;
  static constexpr size_t kMostRequest = 1 << 20;

  // Connects as soon as the worker runs. May be made on another thread before that; the worker and
  // `pool`, which dials, outlive it.
  RedisStore(net::Worker& worker, net::UpstreamPool& pool, std::shared_ptr<RedisShared> shared);

  bool ready() const { return client_.ready(); }
  // Waits for a command's deadline (5 ms) at most. The task ends before the store does.
  net::Task<Found> Find(KeyView key) override;
  // Sends, and does not wait.
  void Put(std::shared_ptr<const Key> key, AnswerPtr answer,
           std::chrono::milliseconds ttl) override;
  // What the selection holds is given to nobody in this process from now on, and is taken away in
  // the background; after an outage, when that is over. For one worker's store to do.
  void Purge(const Selection& selection) { purger_.Start(selection); }

 private:
  Found Judge(const Key& key, const Sha256Digest& digest, const net::RedisAnswer& got);

  const std::shared_ptr<RedisShared> shared_;
  net::RedisClient client_;
  RedisPurger purger_;
};

}  // namespace weir::cache
