#include "net/connect.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/tcp_stream.h"
#include "net/wait.h"

namespace weir::net {
namespace {

constexpr std::chrono::milliseconds kHeadStart{250};

// The attempts of one ConnectAny(). Lives in its frame.
class Race {
 public:
  Race(Worker& worker, Addresses addresses, uint16_t port, Wait* wait)
      : worker_(worker), addresses_(std::move(addresses)), port_(port), wait_(wait) {
    next_start_.owner = this;
    next_start_.fire = [](void* self) { static_cast<Race*>(self)->StartNext(); };
  }
  ~Race() {
    worker_.loop().DropDeadline(&next_start_);
    for (const auto& attempt : attempts_) Close(attempt.get());
  }
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;

  void StartNext() {
    while (next_ < addresses_->size() && !StartOne()) ++next_;
    if (next_ == addresses_->size()) return EndIfLost();
    ++next_;
    if (next_ < addresses_->size()) {
      worker_.loop().SetDeadline(&next_start_, worker_.clock().Steady() + kHeadStart);
    }
  }

  std::unique_ptr<Stream> TakeWinner() { return std::move(winner_); }
  int error() const { return error_; }

 private:
  struct Attempt {
    Race* race;
    int fd;
    Address address;
    Watched watched;
  };

  bool StartOne() {
    Address address = (*addresses_)[next_];
    address.SetPort(port_);
    const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (::connect(fd, &address.any, address.length) != 0 && errno != EINPROGRESS) ||
        !Watch(fd, address)) {
      error_ = errno;
      if (fd >= 0) ::close(fd);
      return false;
    }
    ++running_;
    return true;
  }

  bool Watch(int fd, const Address& address) {
    auto attempt = std::make_unique<Attempt>(this, fd, address);
    attempt->watched.owner = attempt.get();
    attempt->watched.ready = [](void* self, uint32_t events) {
      auto* ready = static_cast<Attempt*>(self);
      ready->race->OnReady(ready, events);
    };
    if (!worker_.loop().reactor().Watch(fd, &attempt->watched)) return false;
    attempts_.push_back(std::move(attempt));
    return true;
  }

  void OnReady(Attempt* attempt, uint32_t events) {
    if (winner_ || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
    --running_;
    int failed = 0;
    socklen_t size = sizeof(failed);
    ::getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &failed, &size);
    if (failed == 0) {
      winner_ = MakeTcpStream(worker_, std::exchange(attempt->fd, -1), attempt->address);
      return wait_->Wake();
    }
    error_ = failed;
    Close(attempt);
    StartNext();
  }

  void Close(Attempt* attempt) {
    worker_.loop().reactor().Forget(&attempt->watched);
    if (attempt->fd >= 0) ::close(std::exchange(attempt->fd, -1));
  }

  void EndIfLost() {
    if (running_ == 0) wait_->Wake();
  }

  Worker& worker_;
  const Addresses addresses_;
  const uint16_t port_;
  Wait* wait_;
  Deadline next_start_;
  size_t next_ = 0;
  int running_ = 0;
  int error_ = 0;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  std::unique_ptr<Stream> winner_;
};

}  // namespace

Task<Result<std::unique_ptr<Stream>>> ConnectAny(Worker& worker, Addresses addresses, uint16_t port,
                                                 std::string name, SteadyTime deadline,
                                                 CancelToken* cancel) {
  Wait wait(worker, deadline, cancel);
  Race race(worker, std::move(addresses), port, &wait);
  race.StartNext();
  const Woken why = co_await wait;
  auto winner = race.TakeWinner();
  if (why == Woken::kCancelled) co_return MakeError(Reason::kClientGone, "cancelled");
  if (winner) co_return std::move(winner);
  if (why == Woken::kDeadline) {
    co_return MakeError(Reason::kConnectTimeout,
                        fmt::format("no answer from {} in time", HostAndPort(name, port)));
  }
  co_return MakeError(Reason::kUpstreamConnect,
                      fmt::format("cannot connect to {}: {}", HostAndPort(name, port),
                                  std::strerror(race.error())));
}

}  // namespace weir::net
