// A mutual exclusion whose waiters give up after a while: the holder may sit in a write(2) to a
// disk that does not answer, and then the others must not sit with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace weir::ledger {

class Turn {
 public:
  // False: another thread held it for all of `patience`.
  bool Take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, patience, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }
  void Give() {
    {
      std::lock_guard lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace weir::ledger
