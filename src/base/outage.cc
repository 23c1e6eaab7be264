#include "base/outage.h"

#include <utility>

namespace weir {
namespace {

constexpr std::chrono::seconds kBetweenLines{10};

}  // namespace

void Outage::Count(SteadyTime now) {
  if (without_ > 0) total_ += without_ * (now - counted_);
  counted_ = now;
}

void Outage::TellIfDue(SteadyTime now) {
  const bool began = without_ > 0;
  if (began == told_began_ || now < quiet_until_) return;
  Line line{began, why_, {}, untold_ - 1};
  if (!began) line.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(now - told_at_);
  tell_(line);
  told_began_ = began;
  untold_ = 0;
  told_at_ = now;
  quiet_until_ = now + kBetweenLines;
}

void Outage::Begin(std::string why) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.Steady();
  Count(now);
  why_ = std::move(why);
  if (++without_ == 1) ++untold_;
  TellIfDue(now);
}

void Outage::End() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.Steady();
  Count(now);
  if (--without_ == 0) ++untold_;
  TellIfDue(now);
}

SteadyTime Outage::Settle() {
  const std::lock_guard lock(mutex_);
  TellIfDue(clock_.Steady());
  return (without_ > 0) == told_began_ ? SteadyTime::max() : quiet_until_;
}

bool Outage::any() const {
  const std::lock_guard lock(mutex_);
  return without_ > 0;
}

std::chrono::milliseconds Outage::total() const {
  const std::lock_guard lock(mutex_);
  const auto running = without_ * (clock_.Steady() - counted_);
  return std::chrono::duration_cast<std::chrono::milliseconds>(without_ > 0 ? total_ + running
                                                                            : total_);
}

}  // namespace weir
