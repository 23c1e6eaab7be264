// The API keys of one provider: rotated, taken out for a while when the provider refuses one,
// cooled when it is rate limited. Shared by all workers; lock-free; lives across reloads while the
// keys stay the same.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace weir::gateway {

class KeyPool {
 public:
  explicit KeyPool(std::vector<Secret> keys);

  // Index of the next usable key whose bit in `tried` is not set. When every untried key is out,
  // the one that is soonest back: the last door stays open. nullopt: all were tried. A pool without
  // keys (a local engine) has the one index 0 and no secret.
  std::optional<size_t> Pick(SteadyTime now, uint64_t tried);
  const Secret* secret(size_t index) const;
  void Block(size_t index, SteadyTime until);
  size_t size() const { return keys_.size(); }
  size_t usable(SteadyTime now) const;
  bool SameKeys(const std::vector<Secret>& keys) const { return keys == keys_; }

 private:
  std::vector<Secret> keys_;
  std::vector<std::atomic<int64_t>> blocked_until_;  // steady nanoseconds
  std::atomic<uint32_t> next_{0};
};

inline constexpr size_t kMaxKeysPerProvider = 64;  // bits of `tried`

}  // namespace weir::gateway
