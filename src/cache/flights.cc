#include "cache/flights.h"

namespace weir::cache {

bool Flights::Shard::StoredSince(const Hash128& hash, uint64_t mark) const {
  if (stored_count - mark > kRemembered) return true;  // nobody knows any more
  for (uint64_t i = mark; i < stored_count; ++i) {
    if (stored[i % kRemembered] == hash) return true;
  }
  return false;
}

uint64_t Flights::Mark(const KeyView& key) const {
  const Shard& shard = shards_[key.hash.high % kShards];
  std::lock_guard lock(shard.mutex);
  return shard.stored_count;
}

Flights::Seat Flights::Join(const KeyView& key, uint64_t mark) {
  Shard& shard = ShardOf(key.hash);
  std::lock_guard lock(shard.mutex);
  if (const auto found = shard.open.find(key.hash); found != shard.open.end()) {
    if (!found->second->key()->Is(key)) return {};
    return {Role::kFollows, found->second};
  }
  if (shard.StoredSince(key.hash, mark)) return {Role::kLookAgain, nullptr};
  auto flight = std::make_shared<Flight>(Keep(key), recordings_);
  shard.open.emplace(key.hash, flight);
  return {Role::kLeads, std::move(flight)};
}

void Flights::Land(const Flight& flight, bool stored) {
  const Hash128 hash = flight.key()->hash;
  Shard& shard = ShardOf(hash);
  std::lock_guard lock(shard.mutex);
  const auto found = shard.open.find(hash);
  if (found != shard.open.end() && found->second.get() == &flight) shard.open.erase(found);
  if (stored) shard.stored[shard.stored_count++ % kRemembered] = hash;
}

void Flights::LandAll(const Selection& selection) {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    std::erase_if(shard.open,
                  [&](const auto& open) { return selection.Holds(*open.second->key()); });
  }
}

}  // namespace weir::cache
