// Two ends of a TCP connection on one worker, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "net/connect.h"
#include "net/listener.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {

// An operation that is watched from outside a coroutine.
struct WatchedOp : IoOp {
  WatchedOp() {
    done = [](IoOp* op) { ++static_cast<WatchedOp*>(op)->times; };
  }
  void Read(Stream& stream, std::span<char> into, SteadyTime deadline) {
    if (stream.StartRead(into, deadline, this)) ++times;
  }
  void Write(Stream& stream, std::span<const std::string_view> pieces, SteadyTime deadline) {
    if (stream.StartWrite(pieces, deadline, this)) ++times;
  }
  int times = 0;
};

// A listening socket whose queue is full: connects to it are never answered.
class BlackHole {
 public:
  explicit BlackHole(const std::string& host, uint16_t port = 0) {
    Address address = *ParseLiteral(host, port);
    listener_ = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, &address.any, address.length), 0);
    EXPECT_EQ(::listen(listener_, 0), 0);
    ::getsockname(listener_, &address.any, &address.length);
    port_ = address.port();
    for (int& fd : fillers_) {
      fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      const int connected = ::connect(fd, &address.any, address.length);
      EXPECT_TRUE(connected == 0 || errno == EINPROGRESS);
    }
  }
  ~BlackHole() {
    for (const int fd : fillers_) ::close(fd);
    ::close(listener_);
  }
  uint16_t port() const { return port_; }

 private:
  int listener_;
  int fillers_[4];
  uint16_t port_;
};

inline Addresses Loopback() {
  return std::make_shared<const std::vector<Address>>(1, *ParseLiteral("127.0.0.1", 0));
}

class LoopbackTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Listener::Open(worker_, "127.0.0.1", 0, [this](std::unique_ptr<Stream> stream) {
      accepted_.push_back(std::move(stream));
    });
    ASSERT_TRUE(opened) << opened.error().message;
    listener_ = *std::move(opened);
  }

  SteadyTime In(std::chrono::milliseconds delay) const { return clock_.Steady() + delay; }
  SteadyTime Soon() const { return In(std::chrono::seconds(10)); }

  // near_ is dialled, far_ accepted.
  void Connect() {
    auto dialled = Await(
        worker_, ConnectAny(worker_, Loopback(), listener_->port(), "loopback", Soon(), nullptr));
    ASSERT_TRUE(dialled) << dialled.error().message;
    near_ = *std::move(dialled);
    ASSERT_TRUE(PollUntil(worker_, [this] { return !accepted_.empty(); }));
    far_ = std::move(accepted_.back());
    accepted_.pop_back();
  }

  bool PollFor(const WatchedOp& op) {
    return PollUntil(worker_, [&op] { return op.times > 0; });
  }

  FakeClock clock_;
  Worker worker_{0, clock_};
  std::vector<std::unique_ptr<Stream>> accepted_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Stream> near_, far_;
};

}  // namespace weir::net
