#include "limits/bucket.h"

#include <algorithm>

namespace weir::limits {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;

}  // namespace

void Bucket::Refill(int64_t a_minute, SteadyTime now) {
  const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(now - at_).count();
  if (micros <= 0) return;
  // What is in debt after a minute stays in debt: a long answer may have used more than one.
  const Wide refilled = static_cast<Wide>(micros) * a_minute;
  used_ = refilled >= used_ ? 0 : used_ - refilled;
  at_ = now;
}

bool Bucket::Take(int64_t amount, int64_t a_minute, SteadyTime now) {
  Refill(a_minute, now);
  const Wide wanted = static_cast<Wide>(std::min(amount, a_minute)) * kMinuteMicros;
  if (used_ + wanted > static_cast<Wide>(a_minute) * kMinuteMicros) return false;
  used_ += static_cast<Wide>(amount) * kMinuteMicros;
  return true;
}

void Bucket::Charge(int64_t amount, int64_t a_minute, SteadyTime now) {
  Refill(a_minute, now);
  used_ = std::max<Wide>(0, used_ + static_cast<Wide>(amount) * kMinuteMicros);
}

int64_t Bucket::left(int64_t a_minute, SteadyTime now) {
  Refill(a_minute, now);
  const Wide left = static_cast<Wide>(a_minute) - (used_ + kMinuteMicros - 1) / kMinuteMicros;
  return static_cast<int64_t>(std::max<Wide>(0, left));
}

std::chrono::milliseconds Bucket::Until(int64_t amount, int64_t a_minute, SteadyTime now) {
  Refill(a_minute, now);
  const Wide wanted = static_cast<Wide>(std::min(amount, a_minute)) * kMinuteMicros;
  const Wide lacking = used_ + wanted - static_cast<Wide>(a_minute) * kMinuteMicros;
  if (lacking <= 0) return std::chrono::milliseconds(0);
  const Wide micros = (lacking + a_minute - 1) / a_minute;
  constexpr Wide kMost = int64_t{365} * 24 * 60 * kMinuteMicros;
  return std::chrono::milliseconds(static_cast<int64_t>((std::min(micros, kMost) + 999) / 1000));
}

}  // namespace weir::limits
