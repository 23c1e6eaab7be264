#include "testing/wire.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace weir {
namespace {

constexpr int kTickMs = 20;  // how soon a blocked thread notices that the server stops

}  // namespace

void BlockSigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

Wire::Wire(int fd, SSL_CTX* context, const std::atomic<bool>& stopping)
    : fd_(fd), stopping_(stopping) {
  const int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
  if (context == nullptr) return;
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), fd_);
}

Wire::~Wire() {
  close(fd_);
}

bool Wire::WaitFor(short events) const {
  while (!stopping_) {
    pollfd entry{fd_, events, 0};
    const int ready = poll(&entry, 1, kTickMs);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

bool Wire::Handshake() {
  if (ssl_) BlockSigpipe();
  while (ssl_) {
    const int done = SSL_accept(ssl_.get());
    if (done == 1) break;
    const int error = SSL_get_error(ssl_.get(), done);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
    if (!WaitFor(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
  }
  return true;
}

bool Wire::Read(std::string* into) {
  char buffer[16384];
  for (;;) {
    ssize_t count = 0;
    bool again = false;
    if (ssl_) {
      count = SSL_read(ssl_.get(), buffer, sizeof buffer);
      again =
          count <= 0 && SSL_get_error(ssl_.get(), static_cast<int>(count)) == SSL_ERROR_WANT_READ;
    } else {
      count = recv(fd_, buffer, sizeof buffer, 0);
      again = count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    if (count > 0) {
      into->append(buffer, static_cast<size_t>(count));
      return true;
    }
    if (!again || !WaitFor(POLLIN)) return false;
  }
}

bool Wire::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = 0;
    bool again = false;
    if (ssl_) {
      count = SSL_write(ssl_.get(), bytes.data(),
                        static_cast<int>(std::min<size_t>(bytes.size(), 1 << 20)));
      again =
          count <= 0 && SSL_get_error(ssl_.get(), static_cast<int>(count)) == SSL_ERROR_WANT_WRITE;
    } else {
      count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      again = count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    if (count > 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (!again || !WaitFor(POLLOUT)) {
      return false;
    }
  }
  return true;
}

void Wire::Finish() {
  if (ssl_) SSL_shutdown(ssl_.get());
}

void Wire::Reset() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

bool Wire::PeerGoneWithin(std::chrono::milliseconds limit) const {
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd entry{fd_, POLLRDHUP, 0};
    if (poll(&entry, 1, static_cast<int>(std::clamp<int64_t>(left.count(), 0, kTickMs))) > 0) {
      return true;
    }
    if (stopping_) return true;
    if (left.count() <= 0) return false;
  }
}

}  // namespace weir
