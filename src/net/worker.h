// A worker: one thread, one event loop. Everything a connection owns belongs to one worker; other
// threads reach it through Post() only.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "net/task.h"

namespace weir::net {

class Worker {
 public:
  Worker(int index, const Clock& clock);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int index() const;
  const Clock& clock() const;
  void Run();   // on its own thread, until Stop()
  void Stop();  // any thread
  // Runs `work` on the worker's thread, in order. Any thread.
  void Post(std::function<void()> work);

  struct Loop;  // Asio's side, known to net/*.cc only
  Loop& loop() { return *loop_; }

 private:
  std::unique_ptr<Loop> loop_;
};

// A one-shot timer of a worker. The callback runs on the worker's thread; Cancel() and the destructor
// guarantee that it does not run afterwards.
class Timer {
 public:
  explicit Timer(Worker& worker);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  void Start(SteadyTime at, void (*fire)(void*), void* argument);  // replaces a pending start
  void Cancel();

 private:
  struct Pending;
  std::unique_ptr<Pending> pending_;
};

// co_await Sleep(worker, until, &cancel): true when the time came, false when cancelled.
class CancelToken;
Task<bool> SleepUntil(Worker& worker, SteadyTime until, CancelToken* cancel);

// Tells the one pending operation of an Exchange to end. Cancel() is idempotent; an operation that
// begins afterwards ends at once.
class CancelToken {
 public:
  bool cancelled() const { return cancelled_; }
  void Cancel();
  // What to stop now; replaces the former. Cleared by passing nullptr.
  void Arm(void (*stop)(void*), void* argument);

 private:
  bool cancelled_ = false;
  void (*stop_)(void*) = nullptr;
  void* argument_ = nullptr;
};

}  // namespace weir::net
