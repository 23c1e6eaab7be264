// The answer cache of a process: what all its workers share.
#pragma once

#include "cache/flights.h"
#include "cache/idempotency.h"
#include "cache/memory_store.h"

namespace weir::cache {

class AnswerCache {
 public:
  // `limit` bytes of stored answers; recordings of calls in flight may take a quarter of that on
  // top.
  AnswerCache(uint64_t limit, const Clock& clock)
      : memory_(limit, clock), recordings_{limit / 4, memory_.max_entry()}, flights_(recordings_) {}

  const KeyMaker& keys() const { return keys_; }
  MemoryStore& memory() { return memory_; }
  Recordings& recordings() { return recordings_; }
  Flights& flights() { return flights_; }
  IdempotencyKeys& idempotency() { return idempotency_; }

  // Counts purges: what was asked for before one is not stored after it.
  uint64_t purges() const { return purges_.load(std::memory_order_acquire); }
  uint64_t Purge(const Selection& selection) {
    purges_.fetch_add(1, std::memory_order_acq_rel);
    flights_.LandAll(selection);
    return memory_.Purge(selection);
  }
  StoreFigures figures() const { return memory_.figures(); }
  uint64_t recorded_bytes() const { return recordings_.bytes.load(std::memory_order_relaxed); }

 private:
  KeyMaker keys_;
  MemoryStore memory_;
  Recordings recordings_;
  Flights flights_;
  IdempotencyKeys idempotency_;
  std::atomic<uint64_t> purges_{0};
};

}  // namespace weir::cache
