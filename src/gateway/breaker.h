// Health of one target: a circuit breaker that opens after consecutive failures, lets one probe
// through when its cooldown is over, and a cooling time that a provider asked for (Retry-After).
// Shared by all workers; lock-free; lives across reloads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "config/settings.h"

namespace weir::gateway {

class Breaker {
 public:
  enum class Gate : uint8_t { kClosed, kProbe, kOpen };

  // May a request go now? kProbe reserves the one half-open probe: end it with a Report* call.
  Gate Ask(SteadyTime now);
  void ReportSuccess();
  void ReportFailure(SteadyTime now, const config::BreakerSettings& settings);
  void ReportAbandoned();  // no verdict: the client left, or the request itself was at fault
  // Nothing is sent before `until`. Never shortens an earlier time.
  void CoolUntil(SteadyTime until);

  // When the target will be asked again; the past when it is closed.
  SteadyTime ready_at() const;
  int consecutive_failures() const { return failures_.load(std::memory_order_relaxed); }
  bool open(SteadyTime now) const { return now < ready_at(); }

 private:
  std::atomic<int> failures_{0};
  std::atomic<int64_t> open_until_{0};  // steady nanoseconds; 0: closed
  std::atomic<int64_t> cool_until_{0};
  std::atomic<bool> probing_{false};
};

}  // namespace weir::gateway
