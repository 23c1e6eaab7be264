// A worker: one thread, one event loop. Everything a connection owns belongs to one worker; other
// threads reach it through Post() only. Streams, timers, listeners and pools are destroyed before
// their worker.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/spare_strings.h"
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
  void Stop();  // any thread; after what was posted before it
  // One round without waiting, in place of Run(): what is ready and which deadlines clock() says
  // are due. For tests with a fake clock.
  void Poll();
  // Memory for what requests write, on the worker's thread.
  SpareStrings& spares() { return spares_; }
  // Runs `work` on the worker's thread, in the order of the calling thread's posts. Any thread.
  // What has not run when the worker is destroyed is dropped.
  void Post(std::function<void()> work);

  struct Loop;  // known to net/*.cc only
  Loop& loop() { return *loop_; }

 private:
  SpareStrings spares_;
  std::unique_ptr<Loop> loop_;
};

// A one-shot timer of a worker. The callback runs on the worker's thread; Cancel() and the
// destructor guarantee that it does not run afterwards.
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

class CancelToken;
// auto slept = co_await SleepUntil(worker, until, &cancel): true when the time came, false when
// cancelled. `cancel` may be nullptr.
Task<bool> SleepUntil(Worker& worker, SteadyTime until, CancelToken* cancel);

// co_await NextTurn(worker): goes on in the loop's next turn, behind all that was posted before.
Task<void> NextTurn(Worker& worker);

// Tells the one pending operation of an Exchange to end. Cancel() is idempotent; an operation that
// begins afterwards ends at once. On the worker's thread.
class CancelToken {
 public:
  bool cancelled() const { return cancelled_; }
  void Cancel();
  // What to stop now; replaces the former. Cleared by passing nullptr. Calls `stop` at once when
  // the token is already cancelled.
  void Arm(void (*stop)(void*), void* argument);

 private:
  bool cancelled_ = false;
  void (*stop_)(void*) = nullptr;
  void* argument_ = nullptr;
};

}  // namespace weir::net
