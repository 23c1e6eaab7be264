// Edge-triggered epoll: a descriptor is registered once, for everything, and its owner remembers
// what it may do. All on one thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "net/step_clock.h"

namespace weir::net {

// What became possible: EPOLLIN, EPOLLOUT, and the ends EPOLLRDHUP, EPOLLHUP, EPOLLERR. An edge is
// told once: what was not used up (recv or accept to EAGAIN or to a short read, send to EAGAIN) is
// not told again.
struct Watched {
  Watched() = default;
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void (*ready)(void* owner, uint32_t events) = nullptr;
  void* owner = nullptr;

 private:
  friend class Reactor;
  static constexpr size_t kNone = static_cast<size_t>(-1);
  size_t slot_ = kNone;  // in the batch that is being told
};

class Reactor {
 public:
  // Each telling is a step of `clock`. Throws std::system_error when no epoll descriptor can be
  // had.
  explicit Reactor(StepClock& clock);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Tells `watched` from now on; what is already possible comes with the next Wait(). A descriptor
  // may change its owner: the former one is told no more. False: the kernel has no room (errno).
  bool Watch(int fd, Watched* watched);
  // Before `watched` goes away; its descriptor is closed, or watched by another.
  void Forget(Watched* watched);

  // Tells what has happened, or happens within `longest`. True: somebody was told.
  bool Wait(std::chrono::milliseconds longest);

 private:
  StepClock& clock_;
  std::array<epoll_event, 256> batch_;
  const int epoll_;
};

}  // namespace weir::net
