#include "gateway/key_pool.h"

#include <algorithm>
#include <limits>

namespace weir::gateway {

KeyPool::KeyPool(std::vector<Secret> keys)
    : keys_(std::move(keys)), blocked_until_(std::max<size_t>(1, keys_.size())) {}

std::optional<size_t> KeyPool::Pick(SteadyTime now, uint64_t tried) {
  const size_t count = std::min(blocked_until_.size(), kMaxKeysPerProvider);
  const uint32_t first = count > 1 ? next_.fetch_add(1, std::memory_order_relaxed) : 0;
  std::optional<size_t> soonest;
  int64_t soonest_time = std::numeric_limits<int64_t>::max();
  for (size_t i = 0; i < count; ++i) {
    size_t index = (first + i) % count;
    if (tried >> index & 1) continue;
    int64_t blocked = blocked_until_[index].load(std::memory_order_relaxed);
    if (blocked <= now.time_since_epoch().count()) return index;
    if (blocked < soonest_time) {
      soonest_time = blocked;
      soonest = index;
    }
  }
  return soonest;
}

const Secret* KeyPool::secret(size_t index) const {
  return index < keys_.size() ? &keys_[index] : nullptr;
}

void KeyPool::Block(size_t index, SteadyTime until) {
  int64_t nanos = until.time_since_epoch().count();
  int64_t seen = blocked_until_[index].load(std::memory_order_relaxed);
  while (seen < nanos && !blocked_until_[index].compare_exchange_weak(seen, nanos)) {
  }
}

size_t KeyPool::usable(SteadyTime now) const {
  return static_cast<size_t>(
      std::count_if(blocked_until_.begin(), blocked_until_.end(), [&](const auto& blocked) {
        return blocked.load(std::memory_order_relaxed) <= now.time_since_epoch().count();
      }));
}

}  // namespace weir::gateway
