#include "gateway/retry_budget.h"

#include <algorithm>

namespace weir::gateway {

bool RetryBudget::Spend() {
  int64_t seen = milli_.load(std::memory_order_relaxed);
  while (seen >= kToken) {
    if (milli_.compare_exchange_weak(seen, seen - kToken)) return true;
  }
  return false;
}

void RetryBudget::Add(int64_t milli) {
  int64_t seen = milli_.load(std::memory_order_relaxed);
  // A full bucket, the usual state, is only read: the cache line stays shared between the workers.
  while (seen < kMost && !milli_.compare_exchange_weak(seen, std::min(kMost, seen + milli))) {
  }
}

}  // namespace weir::gateway
