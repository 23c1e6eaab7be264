// A latch between a test and a fake: closed until the test opens it, then open for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace weir {

class Gate {
 public:
  static std::shared_ptr<Gate> Make() { return std::make_shared<Gate>(); }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  // False when it stayed closed for that long.
  bool WaitFor(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, limit, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

}  // namespace weir
