// One suspended coroutine and the three things that may wake it: Wake(), a deadline, a CancelToken.
// Lives in the frame of that coroutine, which is resumed through the loop, never inside the call.
#pragma once

#include <coroutine>
#include <cstdint>

#include "net/loop.h"

namespace weir::net {

enum class Woken : uint8_t { kNotYet, kDone, kDeadline, kCancelled };

class Wait {
 public:
  Wait(Worker& worker, SteadyTime deadline, CancelToken* cancel);
  ~Wait();
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  void Wake() { End(Woken::kDone); }

  // auto why = co_await wait;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  Woken await_resume() const noexcept { return why_; }

 private:
  void End(Woken why);

  Worker::Loop& loop_;
  CancelToken* cancel_;
  std::coroutine_handle<> waiter_;
  Woken why_ = Woken::kNotYet;
  Deadline deadline_;
  Soon resume_;
};

}  // namespace weir::net
