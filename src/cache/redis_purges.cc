#include "cache/redis_purges.h"

#include <algorithm>

namespace weir::cache {
namespace {

constexpr size_t kMost = 64;
constexpr std::chrono::seconds kRemembered{10};

}  // namespace

void RedisPurges::Forget() {
  const SteadyTime now = clock_.Steady();
  std::erase_if(purges_, [now](const Purge& purge) {
    return purge.finished != SteadyTime::max() && now - purge.finished >= kRemembered;
  });
}

uint64_t RedisPurges::Begin(const Selection& selection) {
  const std::lock_guard lock(mutex_);
  Forget();
  if (purges_.size() < kMost) {
    purges_.push_back({++last_id_, selection, clock_.Wall()});
  } else {
    purges_.back() = {++last_id_, {}, clock_.Wall()};
  }
  count_ = purges_.size();
  return last_id_;
}

void RedisPurges::Finish(uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto purge = std::ranges::find(purges_, id, &Purge::id);
  if (purge != purges_.end()) purge->finished = clock_.Steady();
  Forget();
  count_ = purges_.size();
}

bool RedisPurges::Hides(const Key& key, WallMicros written) const {
  if (count_.load(std::memory_order_acquire) == 0) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(purges_, [&](const Purge& purge) {
    return written <= purge.until && purge.selection.Holds(key);
  });
}

size_t RedisPurges::unfinished() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::ranges::count(purges_, SteadyTime::max(), &Purge::finished));
}

}  // namespace weir::cache
