// What the workers of one process share, and what each of them owns.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "cache/answer_cache.h"
#include "cache/redis_store.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "gateway/conversations.h"
#include "gateway/retry_budget.h"
#include "gateway/rows.h"
#include "gateway/snapshot.h"
#include "gateway/traffic.h"
#include "ledger/ledger.h"
#include "limits/accounts.h"
#include "net/upstream_pool.h"
#include "net/worker.h"
#include "quality/monitor.h"

namespace weir::gateway {

// Every gateway a request has passed, one name each.
inline constexpr std::string_view kViaHeader = "x-weir-via";

// Of all workers.
struct SampleCounts {
  std::atomic<uint64_t> taken{0}, verdicts{0}, failed{0};
  std::atomic<uint64_t> busy{0};   // not taken: too many were under way, or too large
  std::atomic<uint64_t> broke{0};  // given up: the budget was spent
};

// Shared by all workers: atomics and thread-safe objects only.
struct Core {
  // `cache_bytes` bounds the answer cache; `the_redis` (may be null) shares it with other nodes.
  Core(const Clock& the_clock, ledger::Ledger& the_ledger, uint64_t cache_bytes,
       std::shared_ptr<cache::RedisShared> the_redis)
      : clock(the_clock),
        ledger(the_ledger),
        cache(cache_bytes, the_clock),
        redis(std::move(the_redis)) {}
  const Clock& clock;
  ledger::Ledger& ledger;
  cache::AnswerCache cache;
  const std::shared_ptr<cache::RedisShared> redis;
  Conversations conversations;
  limits::Accounts accounts;
  quality::Monitor monitor;
  SampleCounts sample_counts;
  std::atomic<uint64_t> words_not_kept{0};  // of requests beyond Transcript::kMostAtOnce
  // Names this process in kViaHeader of what it sends: a request that has it comes from ourselves.
  const std::string via = RandomHex(8);
  RetryBudget retry_budget;
  std::atomic<int64_t> inflight{0};
  std::atomic<bool> draining{false};
};

class Samples;
struct DeleteSamples {
  void operator()(Samples* samples) const;
};
std::unique_ptr<Samples, DeleteSamples> MakeSamples(Core& core);

// Owned by one worker's thread.
struct WorkerState {
  WorkerState(Core& the_core, net::Worker& the_worker, std::shared_ptr<net::Resolver> resolver,
              std::shared_ptr<net::TlsContexts> tls)
      : core(the_core),
        worker(the_worker),
        pool(the_worker, std::move(resolver), std::move(tls), {}),
        rows(the_worker, the_core.ledger),
        samples(MakeSamples(the_core)) {
    if (core.redis) redis = std::make_unique<cache::RedisStore>(worker, pool, core.redis);
  }
  // Within a step of the worker's loop it stands still (net/step_clock.h).
  const Clock& clock() const { return worker.clock(); }
  Core& core;
  net::Worker& worker;
  net::UpstreamPool pool;
  std::unique_ptr<cache::RedisStore> redis;  // nullptr without
  chat::RequestParser parser;
  chat::ReplyReader reader;
  Traffic traffic;
  Rows rows;
  const std::unique_ptr<Samples, DeleteSamples> samples;  // gateway/samples.h
  int transcripts = 0;                                    // gateway/transcript.h
  std::string text;                                       // of whoever writes some within a step
  std::string key_bytes;  // what a request is compared by in the answer cache
  // Where reads of upstreams end; whoever is resumed takes its bytes out before it waits again.
  static constexpr size_t kReadSize = 16 << 10;
  const std::unique_ptr<char[]> read_bytes{new char[kReadSize]};
  std::shared_ptr<const Snapshot> snapshot;  // replaced by a post when the config is reloaded
};

// Counts a request in flight for as long as it lives.
class InflightSlot {
 public:
  // Not taken when `limit` requests are already in flight.
  InflightSlot(Core& core, int64_t limit)
      : core_(core), taken_(core.inflight.fetch_add(1, std::memory_order_relaxed) < limit) {}
  ~InflightSlot() { core_.inflight.fetch_sub(1, std::memory_order_relaxed); }
  InflightSlot(const InflightSlot&) = delete;
  InflightSlot& operator=(const InflightSlot&) = delete;
  bool taken() const { return taken_; }

 private:
  Core& core_;
  bool taken_;
};

}  // namespace weir::gateway
