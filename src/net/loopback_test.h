// Two ends of a TCP connection on one worker, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

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
