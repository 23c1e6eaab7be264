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
#include "net/asio.h"
#include "net/loop.h"
#include "net/tcp_stream.h"

namespace weir::net {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsATurn = 64;
constexpr std::chrono::milliseconds kPause{100};

// Outlives its Listener while Asio holds a handler.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(Worker& worker, OnAccept on_accept)
      : worker_(worker), socket_(worker.loop().io()), on_accept_(std::move(on_accept)) {
    resume_.owner = this;
    resume_.fire = [](void* self) { static_cast<Acceptor*>(self)->Await(); };
  }

  void Begin(int fd, int family) {
    error_code ignored;
    socket_.assign(family == AF_INET6 ? Tcp::v6() : Tcp::v4(), fd, ignored);
    Await();
  }

  void Close() {
    worker_.loop().DropDeadline(&resume_);
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void Await() {
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code ec) {
      if (!ec) self->AcceptSome();
    });
  }

  void AcceptSome() {
    for (int i = 0; i < kAcceptsATurn && socket_.is_open(); ++i) {
      Address peer;
      peer.length = sizeof(peer.v6);
      const int fd =
          ::accept4(socket_.native_handle(), &peer.any, &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return AfterError(errno);
      on_accept_(MakeTcpStream(worker_, fd, peer));
    }
    if (socket_.is_open()) Await();
  }

  void AfterError(int error) {
    switch (error) {
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        // The waiting connection keeps the socket readable: without a pause this would spin.
        Log(LogLevel::kWarn, "accept paused", {Field("error", std::strerror(error))});
        worker_.loop().SetDeadline(&resume_, worker_.clock().Steady() + kPause);
        return;
      default:
        return Await();  // EAGAIN, or a connection that died in the queue
    }
  }

  Worker& worker_;
  Socket socket_;
  const OnAccept on_accept_;
  Deadline resume_;
};

class TcpListener final : public Listener {
 public:
  TcpListener(std::shared_ptr<Acceptor> acceptor, uint16_t port)
      : acceptor_(std::move(acceptor)), port_(port) {}
  ~TcpListener() override { acceptor_->Close(); }
  uint16_t port() const override { return port_; }
  void Close() override { acceptor_->Close(); }

 private:
  const std::shared_ptr<Acceptor> acceptor_;
  const uint16_t port_;
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
  auto acceptor = std::make_shared<Acceptor>(worker, std::move(on_accept));
  acceptor->Begin(fd, address.family());
  return std::unique_ptr<Listener>(
      std::make_unique<TcpListener>(std::move(acceptor), address.port()));
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
