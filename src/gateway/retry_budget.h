// Bounds what retries may add to an outage (Google SRE book, "Handling Overload": retries at most a
// tenth of requests). A retry spends a token; one that succeeds gives it back, so that fallbacks
// which help are free and only hopeless ones are limited.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::gateway {

class RetryBudget {
 public:
  void OnRequest() { Add(kPerRequest); }
  // False: no token left.
  bool Spend();
  void Refund() { Add(kToken); }
  int64_t tokens() const { return milli_.load(std::memory_order_relaxed) / kToken; }

 private:
  static constexpr int64_t kToken = 1000;
  static constexpr int64_t kPerRequest = kToken / 10;
  static constexpr int64_t kStart = 3 * kToken;
  static constexpr int64_t kMost = 100 * kToken;
  void Add(int64_t milli);

  std::atomic<int64_t> milli_{kStart};
};

}  // namespace weir::gateway
