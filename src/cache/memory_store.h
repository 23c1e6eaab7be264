// Answers in this process's memory, shared by its workers: shards under a mutex each, bounded in
// bytes. What leaves is chosen by S3-FIFO (Yang et al., SOSP 2023): new entries wait in a small
// queue and only those that are asked for again get into the main one, so that a scan of things
// that nobody wants twice takes nothing away from those that are wanted.
#pragma once

#include <vector>

#include "base/clock.h"
#include "cache/store.h"

namespace weir::cache {

struct StoreFigures {
  uint64_t bytes = 0;  // held now, everything counted; never above `limit`
  uint64_t limit = 0;
  uint64_t entries = 0;
  uint64_t evictions = 0;  // to make room
  uint64_t expired = 0;    // found too old
};

class MemoryStore final : public Store {
 public:
  // `limit` in bytes, of everything it holds.
  MemoryStore(uint64_t limit, const Clock& clock);
  ~MemoryStore() override;

  Found Lookup(const KeyView& key);
  net::Task<Found> Find(KeyView key) override;  // the same
  void Put(std::shared_ptr<const Key> key, AnswerPtr answer,
           std::chrono::milliseconds ttl) override;
  // How many answers were taken away. Those being put at the same time may stay.
  uint64_t Purge(const Selection& selection);
  StoreFigures figures() const;

  // A larger answer is not stored.
  uint64_t max_entry() const;
  // Of the hash tables; for tests.
  size_t longest_chain() const;

 private:
  class Shard;
  Shard& ShardOf(const Hash128& hash) const;

  const Clock& clock_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace weir::cache
