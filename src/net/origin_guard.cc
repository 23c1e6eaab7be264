#include "net/origin_guard.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace weir::net {
namespace {

bool IsPort(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "host:port", "[::1]:port", "host" -> host in lower case; empty for anything else.
std::string HostOf(std::string_view authority) {
  const bool bracketed = authority.starts_with('[');
  size_t end = authority.find(bracketed ? ']' : ':');
  std::string_view host = authority.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? "" : authority.substr(end);
  if (bracketed) {
    if (rest.empty()) return {};
    host.remove_prefix(1);
    rest.remove_prefix(1);
  }
  if (!rest.empty() && (rest.front() != ':' || !IsPort(rest.substr(1)))) return {};
  return AsciiLower(host);
}

bool IsLiteral(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool IsLoopback(const std::string& host) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) return IN6_IS_ADDR_LOOPBACK(&address);
  return host == "localhost" || host.ends_with(".localhost") ||
         (host.starts_with("127.") && IsLiteral(host));
}

std::string MachineName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return AsciiLower(name.data());
}

bool IsThisMachine(std::string_view authority, const std::string& listen_host) {
  std::string host = HostOf(authority);
  if (host.empty()) return false;
  if (EqualsIgnoreCase(host, listen_host) || IsLoopback(host)) return true;
  const bool everywhere = listen_host == "0.0.0.0" || listen_host == "::";
  return everywhere && (IsLiteral(host) || host == MachineName());
}

// What stands behind http:// or https://; empty for "null" and other schemes.
std::string_view AuthorityOf(std::string_view origin) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (StartsWithIgnoreCase(origin, scheme)) return origin.substr(scheme.size());
  }
  return {};
}

Error Foreign(std::string_view header) {
  return MakeError(Reason::kForbidden, "the " + std::string(header) +
                                           " header names another site; only requests of "
                                           "this machine's own are served here");
}

}  // namespace

Result<void> CheckHost(const http::RequestHead& head, const std::string& listen_host) {
  if (head.host.empty() || IsThisMachine(head.host, listen_host)) return {};
  return Foreign("Host");
}

Result<void> CheckOrigin(const http::RequestHead& head, const std::string& listen_host) {
  WEIR_CHECK_OK(CheckHost(head, listen_host));
  auto origin = head.headers.Find("origin");
  if (!origin || IsThisMachine(AuthorityOf(*origin), listen_host)) return {};
  return Foreign("Origin");
}

Result<void> CheckSameOrigin(const http::RequestHead& head, const std::string& listen_host) {
  WEIR_CHECK_OK(CheckHost(head, listen_host));
  auto origin = head.headers.Find("origin");
  if (!origin) return {};
  std::string_view authority = AuthorityOf(*origin);
  if (!authority.empty() && EqualsIgnoreCase(authority, head.host)) return {};
  return Foreign("Origin");
}

}  // namespace weir::net
