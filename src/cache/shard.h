// One shard of the memory store: S3-FIFO over a hash table. Not thread-safe.
#pragma once

#include <deque>
#include <list>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "cache/memory_store.h"

namespace weir::cache {

class ShardTable {
 public:
  explicit ShardTable(uint64_t limit) : limit_(limit) {}

  Found Find(const KeyView& key, SteadyTime now);
  void Put(std::shared_ptr<const Key> key, AnswerPtr answer, SteadyTime now, SteadyTime expires);
  uint64_t Purge(const Selection& selection);
  void AddTo(StoreFigures* figures) const;
  uint64_t max_entry() const { return limit_ / 4; }
  size_t longest_chain() const;

 private:
  struct Node {
    std::shared_ptr<const Key> key;
    AnswerPtr answer;
    SteadyTime expires;
    SteadyTime asked;  // last
    uint64_t bytes = 0;
    uint8_t uses = 0;  // since it entered its queue, at most kMostUses
    bool main = false;
  };
  using Queue = std::list<Node>;  // the newest first
  struct ByLowHalf {
    size_t operator()(const Hash128& hash) const { return hash.low; }
  };

  void Erase(Queue::iterator node);
  void MakeRoom(uint64_t bytes, SteadyTime now);
  void ShrinkSmall(SteadyTime now);
  void ShrinkMain(SteadyTime now);
  void Remember(uint64_t ghost);

  const uint64_t limit_;
  uint64_t bytes_ = 0;
  uint64_t small_bytes_ = 0;
  uint64_t evictions_ = 0;
  uint64_t expired_ = 0;
  Queue small_;
  Queue main_;
  std::unordered_map<Hash128, Queue::iterator, ByLowHalf> index_;
  // Hashes of what has left the small queue without being asked for: when one comes back, it was
  // wanted after all.
  std::deque<uint64_t> ghosts_;
  std::unordered_set<uint64_t> ghost_set_;
};

}  // namespace weir::cache
