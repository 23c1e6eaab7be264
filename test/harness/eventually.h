// Waiting for what a server does in the background.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace weir::e2e {

// Whether it comes to hold within the time.
inline bool EventuallyWithin(std::chrono::seconds patience, const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace weir::e2e
