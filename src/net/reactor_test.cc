#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <vector>

namespace weir::net {
namespace {

constexpr std::chrono::milliseconds kNow{0};

// An eventfd with what it was told.
class Bell {
 public:
  explicit Bell(Reactor& reactor)
      : reactor_(reactor), fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    watched_.owner = this;
    watched_.ready = [](void* self, uint32_t events) { static_cast<Bell*>(self)->Told(events); };
    EXPECT_TRUE(reactor_.Watch(fd_, &watched_));
  }
  ~Bell() {
    reactor_.Forget(&watched_);
    ::close(fd_);
  }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void Ring() const { ::eventfd_write(fd_, 1); }
  int fd() const { return fd_; }
  int rings() const { return rings_; }
  std::function<void()> on_ring;

 private:
  void Told(uint32_t events) {
    if ((events & EPOLLIN) == 0) return;
    ++rings_;
    if (on_ring) on_ring();
  }

  Reactor& reactor_;
  const int fd_;
  Watched watched_;
  int rings_ = 0;
};

void Drain(Reactor& reactor) {
  while (reactor.Wait(kNow)) {
  }
}

TEST(Reactor, TellsAnEdgeOnce) {
  StepClock clock(SystemClock());
  Reactor reactor(clock);
  Bell bell(reactor);
  Drain(reactor);
  bell.Ring();
  EXPECT_TRUE(reactor.Wait(kNow));
  EXPECT_EQ(bell.rings(), 1);
  EXPECT_FALSE(reactor.Wait(kNow)) << "what is still there is not told again";
  bell.Ring();
  Drain(reactor);
  EXPECT_EQ(bell.rings(), 2) << "a new edge, although the first was never read";
}

TEST(Reactor, WhatWasReadyBeforeIsTold) {
  StepClock clock(SystemClock());
  Reactor reactor(clock);
  const int fd = ::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
  int told = 0;
  Watched watched;
  watched.owner = &told;
  watched.ready = [](void* count, uint32_t) { ++*static_cast<int*>(count); };
  ASSERT_TRUE(reactor.Watch(fd, &watched));
  EXPECT_TRUE(reactor.Wait(kNow));
  EXPECT_EQ(told, 1);
  reactor.Forget(&watched);
  ::close(fd);
}

TEST(Reactor, AHandlerMayEndOthersOfTheSameBatch) {
  StepClock clock(SystemClock());
  Reactor reactor(clock);
  std::vector<std::unique_ptr<Bell>> bells;
  for (int i = 0; i < 100; ++i) bells.push_back(std::make_unique<Bell>(reactor));
  Drain(reactor);
  int rung = 0;
  for (size_t i = 0; i < bells.size(); ++i) {
    const size_t other = i ^ 1;
    bells[i]->on_ring = [&bells, &rung, other] {
      ++rung;
      bells[other].reset();
    };
    bells[i]->Ring();
  }
  Drain(reactor);
  EXPECT_EQ(rung, 50) << "the first of each pair";
}

TEST(Reactor, ADescriptorChangesItsOwner) {
  StepClock clock(SystemClock());
  Reactor reactor(clock);
  Bell first(reactor);
  Drain(reactor);
  int told = 0;
  Watched second;
  second.owner = &told;
  second.ready = [](void* count, uint32_t) { ++*static_cast<int*>(count); };
  first.Ring();
  ASSERT_TRUE(reactor.Watch(first.fd(), &second));
  Drain(reactor);
  EXPECT_EQ(told, 1) << "what was ready at the change is told to the new one";
  EXPECT_EQ(first.rings(), 0);
  reactor.Forget(&second);
}

TEST(Reactor, RefusesWhatIsNoDescriptor) {
  StepClock clock(SystemClock());
  Reactor reactor(clock);
  Watched watched;
  EXPECT_FALSE(reactor.Watch(-1, &watched));
}

}  // namespace
}  // namespace weir::net
