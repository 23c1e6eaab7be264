#include "cache/idempotency.h"

namespace weir::cache {

void IdempotencyKeys::Forget(SteadyTime now) {
  while (!order_.empty() &&
         (order_.size() > kMostIdempotencyKeys || now - order_.front().at > kIdempotencyLife)) {
    uses_.erase(order_.front().name);
    order_.pop_front();
  }
}

bool IdempotencyKeys::Claim(const Hash128& name, const Hash128& request, SteadyTime now) {
  std::lock_guard lock(mutex_);
  Forget(now);
  const auto [use, fresh] = uses_.emplace(name, request);
  if (!fresh) return use->second == request;
  order_.push_back({name, now});
  Forget(now);
  return true;
}

}  // namespace weir::cache
