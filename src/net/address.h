// A socket address of either family, and its text.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace weir::net {

struct Address {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t length = 0;

  Address() : v6{} {}
  // nullopt for other families.
  static std::optional<Address> From(const sockaddr* address, socklen_t length);
  int family() const { return any.sa_family; }
  uint16_t port() const;
  void SetPort(uint16_t port);
  std::string Text() const;  // "127.0.0.1:80", "[::1]:80"
};

// An IPv4 or IPv6 literal, the latter with or without brackets; nullopt for a name.
std::optional<Address> ParseLiteral(const std::string& host, uint16_t port);
// "host:port", an IPv6 literal in brackets.
std::string HostAndPort(const std::string& host, uint16_t port);

}  // namespace weir::net
