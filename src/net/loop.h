// A worker's event loop as the rest of net/ sees it: deadlines, work for later in this thread, and
// the reactor for those files that do socket I/O. All of it on the worker's thread.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "net/deadline.h"
#include "net/mailbox.h"
#include "net/reactor.h"
#include "net/step_clock.h"
#include "net/worker.h"

namespace weir::net {

// Something to run once, soon, on the loop and not inside the caller. Unlinks itself when
// destroyed.
struct Soon {
  Soon() = default;
  ~Soon() { Unlink(); }
  Soon(const Soon&) = delete;
  Soon& operator=(const Soon&) = delete;
  void Unlink();
  void LinkBefore(Soon* other);
  bool linked() const { return next != this; }

  Soon* prev = this;
  Soon* next = this;
  void (*run)(void* owner) = nullptr;
  void* owner = nullptr;
};

struct Worker::Loop {
  Loop(int index, const Clock& clock);
  ~Loop();

  void Run();
  void Poll();
  void Stop();
  void Post(std::function<void()> work);

  void SetDeadline(Deadline* deadline, SteadyTime at);
  void DropDeadline(Deadline* deadline) { deadlines_.Remove(deadline); }
  // Nothing when `soon` is already waiting.
  void Defer(Soon* soon);
  Reactor& reactor() { return reactor_; }

  const int index;
  StepClock clock;
  const std::shared_ptr<Mailbox> mailbox;

 private:
  // Sleeps until something is due, seen from `now`; without it, not at all.
  bool Turn(std::optional<SteadyTime> now);
  void PollUntilIdle();
  std::chrono::milliseconds Idle(SteadyTime now) const;
  SteadyTime FireDue();
  bool RunSoon();
  void RunPosted();

  Reactor reactor_;
  DeadlineHeap deadlines_;
  Soon soon_;  // head of the ring
  // By this thread.
  std::deque<std::function<void()>, ShelfAllocator<std::function<void()>>> posted_;
  Soon run_posted_;
  Watched mail_;
  bool stopped_ = false;
  std::atomic<std::thread::id> thread_;
};

}  // namespace weir::net
