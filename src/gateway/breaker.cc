#include "gateway/breaker.h"

#include <algorithm>

namespace weir::gateway {
namespace {

int64_t Nanos(SteadyTime time) {
  return time.time_since_epoch().count();
}

void RaiseTo(std::atomic<int64_t>& value, int64_t to) {
  int64_t seen = value.load(std::memory_order_relaxed);
  while (seen < to && !value.compare_exchange_weak(seen, to)) {
  }
}

}  // namespace

Breaker::Gate Breaker::Ask(SteadyTime now) {
  if (Nanos(now) < cool_until_.load(std::memory_order_relaxed)) return Gate::kOpen;
  int64_t open_until = open_until_.load(std::memory_order_relaxed);
  if (open_until == 0) return Gate::kClosed;
  if (Nanos(now) < open_until) return Gate::kOpen;
  return probing_.exchange(true) ? Gate::kOpen : Gate::kProbe;
}

void Breaker::ReportSuccess() {
  // The common case writes nothing: the cache line stays shared between the workers.
  if (failures_.load(std::memory_order_relaxed) != 0) failures_ = 0;
  if (open_until_.load(std::memory_order_relaxed) != 0) open_until_ = 0;
  if (probing_.load(std::memory_order_relaxed)) probing_ = false;
}

void Breaker::ReportFailure(SteadyTime now, const config::BreakerSettings& settings) {
  int failures = failures_.fetch_add(1) + 1;
  if (failures >= settings.failures) RaiseTo(open_until_, Nanos(now + settings.cooldown));
  probing_ = false;
}

void Breaker::ReportAbandoned() {
  if (probing_.load(std::memory_order_relaxed)) probing_ = false;
}

void Breaker::CoolUntil(SteadyTime until) {
  RaiseTo(cool_until_, Nanos(until));
}

SteadyTime Breaker::ready_at() const {
  return SteadyTime(SteadyTime::duration(std::max(open_until_.load(), cool_until_.load())));
}

}  // namespace weir::gateway
