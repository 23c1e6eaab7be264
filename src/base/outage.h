// A dependency that some workers of this process are without: for how long, and what is told of it.
// However often it comes and goes and however many workers notice, a line is told at most every ten
// seconds, and the last one told is true in the end. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace weir {

class Outage {
 public:
  struct Line {
    bool began = false;                   // else it has ended: everyone has it back
    std::string why;                      // what the last one said who lost it
    std::chrono::milliseconds lasted{0};  // since the line that told of its beginning
    int untold = 0;                       // beginnings and ends since the last line
  };
  // `tell` is called under a lock: it logs, and does no more.
  Outage(const Clock& clock, std::function<void(const Line&)> tell)
      : clock_(clock), tell_(std::move(tell)) {}

  // One worker has lost it; it has it back.
  void Begin(std::string why);
  void End();
  // Tells what could not be told before. When to call this again; max(): nothing waits.
  SteadyTime Settle();

  bool any() const;
  // Of all workers together, until now.
  std::chrono::milliseconds total() const;

 private:
  void Count(SteadyTime now);
  void TellIfDue(SteadyTime now);

  const Clock& clock_;
  const std::function<void(const Line&)> tell_;
  mutable std::mutex mutex_;
  int without_ = 0;  // workers
  SteadyTime counted_{};
  std::chrono::nanoseconds total_{0};  // up to counted_
  std::string why_;
  bool told_began_ = false;
  int untold_ = 0;
  SteadyTime told_at_ = SteadyTime::min();
  SteadyTime quiet_until_ = SteadyTime::min();
};

}  // namespace weir
