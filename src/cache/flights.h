// The calls in flight of a process, by key: who is first leads, who comes later follows. Sharded
// maps under a mutex each; bounded by the requests at work.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "cache/flight.h"

namespace weir::cache {

class Flights {
 public:
  // `recordings` outlives every flight.
  explicit Flights(Recordings& recordings) : recordings_(recordings) {}

  // Taken before the store is asked, for Join().
  uint64_t Mark(const KeyView& key) const;

  enum class Role : uint8_t {
    kLeads,
    kFollows,
    kAlone,      // no flight: another key has this one's hash
    kLookAgain,  // since `mark` an equal call has ended and was stored: the store may have it now
  };
  struct Seat {
    Role role = Role::kAlone;
    std::shared_ptr<Flight> flight;  // kLeads and kFollows
  };
  Seat Join(const KeyView& key, uint64_t mark);

  // The flight takes no more followers. `stored`: after its answer was put into the store.
  void Land(const Flight& flight, bool stored);
  // The same for all flights of the selection: an answer that was asked for before a purge is for
  // those who wait for it, not for those who come after it.
  void LandAll(const Selection& selection);

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kRemembered = 64;
  struct ByLowHalf {
    size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Hash128, std::shared_ptr<Flight>, ByLowHalf> open;
    // The last that were stored, so that Join() can tell whether its own key was among them.
    std::array<Hash128, kRemembered> stored;
    uint64_t stored_count = 0;

    bool StoredSince(const Hash128& hash, uint64_t mark) const;
  };
  Shard& ShardOf(const Hash128& hash) { return shards_[hash.high % kShards]; }

  Recordings& recordings_;
  std::array<Shard, kShards> shards_;
};

}  // namespace weir::cache
