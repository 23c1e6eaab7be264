// The little that both load tools need: non-blocking sockets on 127.0.0.1 and an epoll loop.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace bench {

inline sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

[[noreturn]] inline void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline void NoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

inline int Listen(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = Loopback(port);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Die("bind");
  if (listen(fd, 1024) != 0) Die("listen");
  return fd;
}

inline int Connect(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Die("connect");
  NoDelay(fd);
  return fd;
}

inline void Watch(int epoll, int fd, uint32_t events, uint64_t data) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl");
}

// Writes all of it; the buffers of loopback sockets are large enough for what is sent here, else it
// spins.
inline bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// Value of "content-length: N" in a head, or 0.
inline size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "content-length:";
  const auto same = [](unsigned char c, char name) { return std::tolower(c) == name; };
  for (size_t at = 0; (at = head.find('\n', at)) != std::string_view::npos;) {
    ++at;
    if (!std::ranges::equal(head.substr(at, kName.size()), kName, same)) continue;
    std::string_view digits = head.substr(at + kName.size());
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    const char* begin = digits.data();
    size_t value = 0;
    std::from_chars(begin, begin + digits.size(), value);
    return value;
  }
  return 0;
}

}  // namespace bench
