// A mutual exclusion whose waiters give up after a while: the holder may sit in a write(2) to a
// disk that does not answer, and then the others must not sit with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace weir::ledger {

class Turn {
 public:
  // False: one and the same thread held it for all of `patience`. A turn that goes round is waited
  // for.
  bool Take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    for (uint64_t seen = turns_; taken_; seen = turns_) {
      bool free = free_.wait_for(lock, patience, [this] { return !taken_; });
      if (!free && seen == turns_) return false;
    }
    taken_ = true;
    ++turns_;
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
  uint64_t turns_ = 0;
};

}  // namespace weir::ledger
