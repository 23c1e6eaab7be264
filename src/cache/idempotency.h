// Which request each client's idempotency key was first used for. Answers themselves are kept where
// all kept answers are. One mutex: few requests carry such a key.
#pragma once

#include <deque>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "cache/key.h"

namespace weir::cache {

inline constexpr std::chrono::hours kIdempotencyLife{24};
inline constexpr size_t kMostIdempotencyKeys = 65'536;  // the oldest is forgotten beyond

class IdempotencyKeys {
 public:
  // `name` stands for the client and its key, `request` for what it asks. False: the key was used
  // for another request. Any thread.
  bool Claim(const Hash128& name, const Hash128& request, SteadyTime now);

 private:
  struct NameHash {
    size_t operator()(const Hash128& hash) const { return static_cast<size_t>(hash.low); }
  };
  struct Use {
    Hash128 name;
    SteadyTime at;
  };
  void Forget(SteadyTime now);

  std::mutex mutex_;
  std::unordered_map<Hash128, Hash128, NameHash> uses_;
  std::deque<Use> order_;
};

}  // namespace weir::cache
