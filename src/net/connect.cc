#include "net/connect.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/asio.h"
#include "net/tcp_stream.h"
#include "net/wait.h"

namespace weir::net {
namespace {

constexpr std::chrono::milliseconds kHeadStart{250};

// The attempts of one ConnectAny(). Outlives it while Asio holds a handler.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(Worker& worker, Addresses addresses, uint16_t port, Wait* wait)
      : worker_(worker), addresses_(std::move(addresses)), port_(port), wait_(wait) {
    next_start_.owner = this;
    next_start_.fire = [](void* self) { static_cast<Race*>(self)->StartNext(); };
  }

  void StartNext() {
    while (next_ < addresses_->size() && !StartOne()) ++next_;
    if (next_ == addresses_->size()) return EndIfLost();
    ++next_;
    if (next_ < addresses_->size()) {
      worker_.loop().SetDeadline(&next_start_, worker_.clock().Steady() + kHeadStart);
    }
  }

  // Closes what is still open; no callback of this race does anything afterwards.
  void Stop() {
    wait_ = nullptr;
    worker_.loop().DropDeadline(&next_start_);
    for (auto& attempt : attempts_) {
      error_code ignored;
      attempt->socket.close(ignored);
    }
  }

  std::unique_ptr<Stream> TakeWinner() { return std::move(winner_); }
  int error() const { return error_; }

 private:
  struct Attempt {
    Attempt(Executor executor, const Address& to) : socket(executor), address(to) {}
    Socket socket;
    Address address;
  };

  bool StartOne() {
    Address address = (*addresses_)[next_];
    address.SetPort(port_);
    const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (::connect(fd, &address.any, address.length) != 0 && errno != EINPROGRESS)) {
      error_ = errno;
      if (fd >= 0) ::close(fd);
      return false;
    }
    auto attempt = std::make_shared<Attempt>(worker_.loop().io().get_executor(), address);
    error_code ignored;
    attempt->socket.assign(address.family() == AF_INET6 ? Tcp::v6() : Tcp::v4(), fd, ignored);
    attempts_.push_back(attempt);
    ++running_;
    attempt->socket.async_wait(
        Socket::wait_write,
        [self = shared_from_this(), attempt](error_code) { self->OnAnswer(attempt.get()); });
    return true;
  }

  void OnAnswer(Attempt* attempt) {
    if (wait_ == nullptr || winner_) return;
    --running_;
    int failed = 0;
    socklen_t size = sizeof(failed);
    ::getsockopt(attempt->socket.native_handle(), SOL_SOCKET, SO_ERROR, &failed, &size);
    error_code ignored;
    if (failed == 0) {
      winner_ = MakeTcpStream(worker_, attempt->socket.release(ignored), attempt->address);
      return wait_->Wake();
    }
    error_ = failed;
    attempt->socket.close(ignored);
    StartNext();
  }

  void EndIfLost() {
    if (running_ == 0 && wait_ != nullptr) wait_->Wake();
  }

  Worker& worker_;
  const Addresses addresses_;
  const uint16_t port_;
  Wait* wait_;
  Deadline next_start_;
  size_t next_ = 0;
  int running_ = 0;
  int error_ = 0;
  std::vector<std::shared_ptr<Attempt>> attempts_;
  std::unique_ptr<Stream> winner_;
};

}  // namespace

Task<Result<std::unique_ptr<Stream>>> ConnectAny(Worker& worker, Addresses addresses, uint16_t port,
                                                 std::string name, SteadyTime deadline,
                                                 CancelToken* cancel) {
  Wait wait(worker, deadline, cancel);
  const auto race = std::make_shared<Race>(worker, std::move(addresses), port, &wait);
  race->StartNext();
  const Woken why = co_await wait;
  race->Stop();
  auto winner = race->TakeWinner();
  if (why == Woken::kCancelled) co_return MakeError(Reason::kClientGone, "cancelled");
  if (winner) co_return std::move(winner);
  if (why == Woken::kDeadline) {
    co_return MakeError(Reason::kConnectTimeout,
                        fmt::format("no answer from {} in time", HostAndPort(name, port)));
  }
  co_return MakeError(Reason::kUpstreamConnect,
                      fmt::format("cannot connect to {}: {}", HostAndPort(name, port),
                                  std::strerror(race->error())));
}

}  // namespace weir::net
