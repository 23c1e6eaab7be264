// Drives a net::Worker from the test's own thread: no loop thread, no sleeps, and a fake clock may
// move between two rounds.
#pragma once

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "net/task.h"
#include "net/worker.h"

namespace weir {

// Polls until `done()` is true; false when it is not after `patience` of real time.
template <class Predicate>
bool PollUntil(net::Worker& worker, Predicate done,
               std::chrono::milliseconds patience = std::chrono::seconds(60)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    worker.Poll();
    if (done()) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
}

// Starts a task and keeps its value.
template <class T>
class Running {
 public:
  explicit Running(net::Task<T> task) { net::Spawn(Keep(std::move(task), &value_)); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  bool done() const { return value_.has_value(); }
  T& value() { return value_.value(); }
  T Take() { return std::move(value_).value(); }

 private:
  static net::Task<void> Keep(net::Task<T> task, std::optional<T>* out) {
    T value = co_await task;
    out->emplace(std::move(value));
  }

  std::optional<T> value_;
};

// Polls until the task has ended. Throws std::bad_optional_access when it does not.
template <class T>
T Await(net::Worker& worker, net::Task<T> task) {
  Running<T> running(std::move(task));
  PollUntil(worker, [&running] { return running.done(); });
  return running.Take();
}

}  // namespace weir
