#include "net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <cstring>

namespace weir::net {

std::optional<Address> Address::From(const sockaddr* address, socklen_t length) {
  Address result;
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    std::memcpy(&result.v4, address, sizeof(sockaddr_in));
    result.length = sizeof(sockaddr_in);
    return result;
  }
  if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    std::memcpy(&result.v6, address, sizeof(sockaddr_in6));
    result.length = sizeof(sockaddr_in6);
    return result;
  }
  return std::nullopt;
}

// sin_port and sin6_port lie at the same place in both families.
uint16_t Address::port() const {
  return ntohs(v4.sin_port);
}
void Address::SetPort(uint16_t port) {
  v4.sin_port = htons(port);
}

std::string Address::Text() const {
  char text[INET6_ADDRSTRLEN] = "?";
  if (family() == AF_INET6) {
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    return fmt::format("[{}]:{}", text, port());
  }
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
  return fmt::format("{}:{}", text, port());
}

std::optional<Address> ParseLiteral(const std::string& host, uint16_t port) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string bare = bracketed ? host.substr(1, host.size() - 2) : host;
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_family = bracketed ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(bare.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  auto address = Address::From(found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (address) address->SetPort(port);
  return address;
}

std::string HostAndPort(const std::string& host, uint16_t port) {
  const bool bare_v6 = host.find(':') != std::string::npos && host.front() != '[';
  return bare_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace weir::net
