#include "net/listener.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/tcp_stream.h"

namespace weir::net {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsATurn = 64;
constexpr std::chrono::milliseconds kPause{100};

class TcpListener final : public Listener {
 public:
  TcpListener(Worker& worker, int fd, uint16_t port, OnAccept on_accept)
      : worker_(worker), fd_(fd), port_(port), on_accept_(std::move(on_accept)) {
    watched_.owner = more_.owner = resume_.owner = this;
    watched_.ready = [](void* self, uint32_t) { static_cast<TcpListener*>(self)->AcceptSome(); };
    more_.run = [](void* self) { static_cast<TcpListener*>(self)->AcceptSome(); };
    resume_.fire = [](void* self) { static_cast<TcpListener*>(self)->AcceptSome(); };
  }
  ~TcpListener() override { TcpListener::Close(); }

  bool Begin() { return worker_.loop().reactor().Watch(fd_, &watched_); }
  uint16_t port() const override { return port_; }
  void Close() override {
    worker_.loop().DropDeadline(&resume_);
    worker_.loop().reactor().Forget(&watched_);
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  void AcceptSome() {
    for (int i = 0; i < kAcceptsATurn && fd_ >= 0; ++i) {
      Address peer;
      peer.length = sizeof(peer.v6);
      const int fd = ::accept4(fd_, &peer.any, &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        on_accept_(MakeTcpStream(worker_, fd, peer));
      } else if (!GoesOn(errno)) {
        return;
      }
    }
    if (fd_ >= 0) worker_.loop().Defer(&more_);
  }

  // True when the next one in the queue may be had at once.
  bool GoesOn(int error) {
    switch (error) {
      case EAGAIN:
        return false;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        // The one that waits is not told again.
        Log(LogLevel::kWarn, "accept paused", {Field("error", std::strerror(error))});
        worker_.loop().SetDeadline(&resume_, worker_.clock().Steady() + kPause);
        return false;
      default:
        return true;  // a connection that died in the queue
    }
  }

  Worker& worker_;
  int fd_;
  const uint16_t port_;
  const OnAccept on_accept_;
  Watched watched_;
  Soon more_;
  Deadline resume_;
};

enum class Sharing { kReusePort, kExclusive };

Error ListenError(const std::string& host, uint16_t port, const char* why) {
  return MakeError(Reason::kIo,
                   fmt::format("cannot listen on {}: {}", HostAndPort(host, port), why));
}

// A bound and listening socket; the address is updated with the port it got.
Result<int> OpenSocket(const std::string& host, Sharing sharing, Address* address) {
  const uint16_t wanted = address->port();
  const int fd = ::socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ListenError(host, wanted, std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (sharing == Sharing::kReusePort) {
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  }
  if (address->family() == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (::bind(fd, &address->any, address->length) != 0 || ::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    return ListenError(host, wanted, std::strerror(error));
  }
  ::getsockname(fd, &address->any, &address->length);
  return fd;
}

Result<Address> AddressOf(const std::string& host, uint16_t port) {
  auto address = ParseLiteral(host, port);
  if (!address) return ListenError(host, port, "not an IP address");
  return *address;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Open(Worker& worker, const std::string& host,
                                                 uint16_t port, OnAccept on_accept) {
  WEIR_TRY(Address address, AddressOf(host, port));
  WEIR_TRY(const int fd, OpenSocket(host, Sharing::kReusePort, &address));
  auto listener = std::make_unique<TcpListener>(worker, fd, address.port(), std::move(on_accept));
  if (!listener->Begin()) return ListenError(host, port, std::strerror(errno));
  return std::unique_ptr<Listener>(std::move(listener));
}

Result<void> CheckPortIsFree(const std::string& host, uint16_t port) {
  WEIR_TRY(Address address, AddressOf(host, port));
  WEIR_TRY(const int fd, OpenSocket(host, Sharing::kExclusive, &address));
  ::close(fd);
  return {};
}

uint64_t RaiseFileLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace weir::net
