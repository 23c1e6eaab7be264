#include "net/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;
using ListenerTest = LoopbackTest;

int Dial(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Address address = *ParseLiteral("127.0.0.1", port);
  EXPECT_EQ(::connect(fd, &address.any, address.length), 0);
  return fd;
}

TEST_F(ListenerTest, TakesAFreePortAndAccepts) {
  EXPECT_GT(listener_->port(), 0);
  Connect();
  EXPECT_TRUE(near_->Detail() == "127.0.0.1:" + std::to_string(listener_->port()));
}

TEST_F(ListenerTest, WorkersShareAPort) {
  Worker second(1, clock_);
  const auto other = Listener::Open(second, "127.0.0.1", listener_->port(), [](auto) {});
  EXPECT_TRUE(other);
}

TEST_F(ListenerTest, NamesTheAddressThatIsTaken) {
  const int holder = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Address address = *ParseLiteral("127.0.0.1", 0);
  ASSERT_EQ(::bind(holder, &address.any, address.length), 0);
  ASSERT_EQ(::listen(holder, 1), 0);
  ::getsockname(holder, &address.any, &address.length);
  const auto refused = Listener::Open(worker_, "127.0.0.1", address.port(), [](auto) {});
  ::close(holder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kIo);
  EXPECT_EQ(refused.error().message,
            "cannot listen on " + address.Text() + ": Address already in use");
}

TEST_F(ListenerTest, CheckFindsAServerThatSharesItsPort) {
  EXPECT_FALSE(CheckPortIsFree("127.0.0.1", listener_->port()));
  const uint16_t port = listener_->port();
  listener_.reset();
  EXPECT_TRUE(CheckPortIsFree("127.0.0.1", port));
}

TEST_F(ListenerTest, RefusesANameAndAnAddressOfAnotherMachine) {
  const auto name = Listener::Open(worker_, "localhost", 0, [](auto) {});
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message, "cannot listen on localhost:0: not an IP address");
  EXPECT_FALSE(Listener::Open(worker_, "192.0.2.1", 0, [](auto) {}));
}

TEST_F(ListenerTest, ListensOnIpv6) {
  auto opened = Listener::Open(worker_, "::1", 0, [](auto) {});
  if (!opened) GTEST_SKIP() << "no IPv6 here: " << opened.error().message;
  EXPECT_TRUE(Listener::Open(worker_, "[::1]", (*opened)->port(), [](auto) {}));
}

TEST_F(ListenerTest, CloseStopsAccepting) {
  listener_->Close();
  worker_.Poll();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Address address = *ParseLiteral("127.0.0.1", listener_->port());
  EXPECT_NE(::connect(fd, &address.any, address.length), 0);
  ::close(fd);
}

TEST_F(ListenerTest, AcceptsMoreThanOneTurnTakes) {
  std::vector<int> fds;
  for (int i = 0; i < 200; ++i) fds.push_back(Dial(listener_->port()));
  EXPECT_TRUE(PollUntil(worker_, [this] { return accepted_.size() == 200; }));
  for (const int fd : fds) ::close(fd);
}

TEST_F(ListenerTest, PausesWhileThereAreNoFilesAndGoesOn) {
  // UBSan's look at a type it has not met opens a pipe; the log line below asks this clock.
  ASSERT_GT(SystemClock().Wall(), 0);
  const int waiting = Dial(listener_->port());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(lowest_free);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  for (int i = 0; i < 50; ++i) worker_.Poll();
  const bool accepted_none = accepted_.empty();
  clock_.Advance(milliseconds(100));
  worker_.Poll();
  const bool still_none = accepted_.empty();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(accepted_none && still_none);
  for (int i = 0; i < 50; ++i) worker_.Poll();
  EXPECT_TRUE(accepted_.empty()) << "nothing is tried before the pause is over";
  clock_.Advance(milliseconds(100));
  EXPECT_TRUE(PollUntil(worker_, [this] { return accepted_.size() == 1; }));
  ::close(waiting);
}

TEST_F(ListenerTest, AcceptedSocketsAreNotInheritedByChildren) {
  const int fd = Dial(listener_->port());
  ASSERT_TRUE(PollUntil(worker_, [this] { return !accepted_.empty(); }));
  for (int each = 3; each < 64; ++each) {
    const int flags = ::fcntl(each, F_GETFD);
    if (flags < 0) continue;
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    if (::getsockname(each, reinterpret_cast<sockaddr*>(&name), &size) != 0) continue;
    EXPECT_TRUE(flags & FD_CLOEXEC) << "socket " << each;
  }
  ::close(fd);
}

TEST(FileLimit, IsRaisedToTheHardOne) {
  rlimit limit{};
  const uint64_t raised = RaiseFileLimit();
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(raised, limit.rlim_max);
}

}  // namespace
}  // namespace weir::net
