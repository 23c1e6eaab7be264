#include "cache/memory_store.h"

#include "cache/shard.h"

namespace weir::cache {
namespace {

constexpr uint64_t kShardBytes = 4 << 20;  // a shard is no smaller, so that large answers fit
constexpr uint64_t kMostShards = 16;

}  // namespace

class MemoryStore::Shard {
 public:
  explicit Shard(uint64_t limit) : table_(limit) {}

  template <class Work>
  auto With(Work work) {
    std::lock_guard lock(mutex_);
    return work(table_);
  }

 private:
  std::mutex mutex_;
  ShardTable table_;
};

MemoryStore::MemoryStore(uint64_t limit, const Clock& clock) : clock_(clock) {
  const uint64_t count = std::clamp<uint64_t>(limit / kShardBytes, 1, kMostShards);
  for (uint64_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(limit / count));
}

MemoryStore::~MemoryStore() = default;

// The table inside a shard goes by the low half.
MemoryStore::Shard& MemoryStore::ShardOf(const Hash128& hash) const {
  return *shards_[hash.high % shards_.size()];
}

Found MemoryStore::Lookup(const KeyView& key) {
  const SteadyTime now = clock_.Steady();
  return ShardOf(key.hash).With([&](ShardTable& table) { return table.Find(key, now); });
}

net::Task<Found> MemoryStore::Find(KeyView key) {
  co_return Lookup(key);
}

void MemoryStore::Put(std::shared_ptr<const Key> key, AnswerPtr answer,
                      std::chrono::milliseconds ttl) {
  const SteadyTime now = clock_.Steady();
  ShardOf(key->hash).With(
      [&](ShardTable& table) { table.Put(std::move(key), std::move(answer), now, now + ttl); });
}

uint64_t MemoryStore::Purge(const Selection& selection) {
  uint64_t gone = 0;
  for (auto& shard : shards_) {
    gone += shard->With([&](ShardTable& table) { return table.Purge(selection); });
  }
  return gone;
}

StoreFigures MemoryStore::figures() const {
  StoreFigures figures;
  for (const auto& shard : shards_) {
    shard->With([&](ShardTable& table) { table.AddTo(&figures); });
  }
  return figures;
}

uint64_t MemoryStore::max_entry() const {
  return shards_.front()->With([](ShardTable& table) { return table.max_entry(); });
}

size_t MemoryStore::longest_chain() const {
  size_t longest = 0;
  for (const auto& shard : shards_) {
    longest =
        std::max(longest, shard->With([](ShardTable& table) { return table.longest_chain(); }));
  }
  return longest;
}

}  // namespace weir::cache
