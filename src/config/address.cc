#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/strings.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr size_t kMaxUrl = 2'000;
constexpr size_t kMaxHost = 253;
constexpr size_t kMaxLabel = 63;

enum class Family : uint8_t { kNone, kV4, kV6 };

Family LiteralFamily(const std::string& host) {
  if (host.find('\0') != std::string::npos) return Family::kNone;  // an end to inet_pton
  in6_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return Family::kV4;
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) return Family::kV6;
  return Family::kNone;
}

bool IsLoopbackHost(const std::string& host) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) return IN6_IS_ADDR_LOOPBACK(&address);
  return host == "localhost" || (LiteralFamily(host) == Family::kV4 && host.starts_with("127."));
}

std::string Bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

bool IsLabel(std::string_view label) {
  auto ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), ok);
}

// Resolvers read "127.1", "0x7f.1" and "2130706433" as addresses; a name that ends in a number must
// be a plain dotted quad.
bool EndsInNumber(std::string_view last_label) {
  return ParseUint(last_label).has_value() || last_label.starts_with("0x");
}

bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kMaxHost) return false;
  std::vector<std::string_view> labels = Split(host, '.');
  return std::all_of(labels.begin(), labels.end(), IsLabel) && !EndsInNumber(labels.back());
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  std::optional<uint64_t> port = text.size() <= 5 ? ParseUint(text) : std::nullopt;
  if (!port || *port == 0 || *port > 65535) return std::nullopt;
  return static_cast<uint16_t>(*port);
}

Error BadUrl(std::string_view why) {
  return MakeError(Reason::kConfig,
                   fmt::format("not a usable URL: {}; expected http:// or https://, a host, an "
                               "optional port and path, such as https://api.example.com/v1",
                               why));
}

Error BadRedisUrl(std::string_view why) {
  return MakeError(
      Reason::kConfig,
      fmt::format("not a usable URL of Redis: {}; expected redis:// or rediss:// (TLS), "
                  "user:password@ or :password@ where needed (special characters as %XX), a host, "
                  "an optional port and database, such as redis://127.0.0.1:6379/0",
                  why));
}

struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
  bool bracketed = false;
};

// Splits "host:port" or "[v6]:port"; nullopt when the brackets do not match.
std::optional<Authority> SplitAuthority(std::string_view text) {
  Authority authority;
  size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.bracketed = true;
    authority.host = text.substr(1, close - 1);
    std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    if (!rest.empty()) authority.port = rest.substr(1);
    return authority;
  }
  authority.host = text.substr(0, colon);
  if (colon != std::string_view::npos) authority.port = text.substr(colon + 1);
  return authority;
}

bool IsUrlHost(const std::string& host, bool bracketed) {
  Family family = LiteralFamily(host);
  if (bracketed) return family == Family::kV6;
  return family == Family::kV4 || IsHostName(host);
}

// Nothing of the text is shown: an URL may carry a password.
std::string_view ForbiddenPart(std::string_view text) {
  for (char c : text) {
    if (static_cast<uint8_t>(c) <= 0x20 || c == 0x7f)
      return "it holds a blank or control character";
    if (static_cast<uint8_t>(c) >= 0x80) {
      return "it holds characters beyond ASCII (write an international name as xn--…)";
    }
  }
  if (text.size() > kMaxUrl) return "it is longer than 2000 characters";
  if (text.find('#') != std::string_view::npos) return "a fragment (#…) is not allowed";
  if (text.find('?') != std::string_view::npos) return "a query (?…) is not allowed";
  if (text.find_first_of("\\\"<>^`{|}") != std::string_view::npos) {
    return "it holds a character that no URL has";
  }
  return {};
}

}  // namespace

bool HostPort::IsLoopback() const {
  return IsLoopbackHost(host);
}
std::string HostPort::ToString() const {
  return fmt::format("{}:{}", Bracketed(host), port);
}

bool Url::IsLoopback() const {
  return IsLoopbackHost(host);
}
std::string Url::ToString() const {
  bool usual = port == (tls ? 443 : 80);
  return fmt::format("{}://{}{}{}", tls ? "https" : "http", Bracketed(host),
                     usual ? "" : fmt::format(":{}", port), path);
}

Result<Url> ParseUrl(std::string_view text) {
  std::string_view forbidden = ForbiddenPart(text);
  if (!forbidden.empty()) return BadUrl(forbidden);
  Url url;
  url.tls = StartsWithIgnoreCase(text, "https://");
  if (!url.tls && !StartsWithIgnoreCase(text, "http://")) {
    return BadUrl("it does not begin with http:// or https://");
  }
  text.remove_prefix(url.tls ? 8 : 7);
  std::string_view authority_text = text.substr(0, text.find('/'));
  std::string_view path = text.substr(authority_text.size());
  if (authority_text.find('@') != std::string_view::npos) {
    return BadUrl("a user or password (…@) is not allowed, keys go into `keys`");
  }
  std::optional<Authority> authority = SplitAuthority(authority_text);
  if (!authority) return BadUrl("the host's brackets do not match");
  url.host = AsciiLower(authority->host);
  if (!IsUrlHost(url.host, authority->bracketed)) {
    return BadUrl("its host is neither a name nor an IP address");
  }
  std::optional<uint16_t> port = url.tls ? 443 : 80;
  if (authority->port) port = ParsePort(*authority->port);
  if (!port) return BadUrl("its port is not a number from 1 to 65535");
  url.port = *port;
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = path;
  return url;
}

namespace {

// "user:password" or ":password".
std::string_view ReadRedisLogin(std::string_view text, RedisSettings* redis) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return "its password is missing";
  std::optional<std::string> user = PercentDecode(text.substr(0, colon), false);
  std::optional<std::string> password = PercentDecode(text.substr(colon + 1), false);
  if (!user || !password) return "its user or password has a broken %XX";
  redis->user = *std::move(user);
  redis->password = Secret(*std::move(password));
  return {};
}

std::string_view ReadRedisPlace(std::string_view text, RedisSettings* redis) {
  constexpr uint64_t kMostDatabases = 1'000'000;
  const std::string_view authority_text = text.substr(0, text.find('/'));
  std::string_view path = text.substr(authority_text.size());
  const std::optional<Authority> authority = SplitAuthority(authority_text);
  if (!authority) return "the host's brackets do not match";
  redis->host = AsciiLower(authority->host);
  if (!IsUrlHost(redis->host, authority->bracketed)) {
    return "its host is neither a name nor an IP address";
  }
  const std::optional<uint16_t> port =
      authority->port ? ParsePort(*authority->port) : std::optional(redis->port);
  if (!port) return "its port is not a number from 1 to 65535";
  redis->port = *port;
  if (path.size() <= 1) return {};
  const std::optional<uint64_t> database = ParseUint(path.substr(1));
  if (!database || *database > kMostDatabases) return "its path is not a database's number";
  redis->database = static_cast<int>(*database);
  return {};
}

}  // namespace

bool RedisSettings::IsLoopback() const {
  return IsLoopbackHost(host);
}
std::string RedisSettings::ToString() const {
  return fmt::format("{}://{}:{}/{}", tls ? "rediss" : "redis", Bracketed(host), port, database);
}

Result<RedisSettings> ParseRedisUrl(std::string_view text) {
  if (const std::string_view forbidden = ForbiddenPart(text); !forbidden.empty()) {
    return BadRedisUrl(forbidden);
  }
  RedisSettings redis;
  redis.tls = StartsWithIgnoreCase(text, "rediss://");
  if (!redis.tls && !StartsWithIgnoreCase(text, "redis://")) {
    return BadRedisUrl("it does not begin with redis:// or rediss://");
  }
  text.remove_prefix(redis.tls ? 9 : 8);
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view wrong = ReadRedisLogin(text.substr(0, at), &redis);
    if (!wrong.empty()) return BadRedisUrl(wrong);
    text.remove_prefix(at + 1);
  }
  const std::string_view wrong = ReadRedisPlace(text, &redis);
  if (!wrong.empty()) return BadRedisUrl(wrong);
  return redis;
}

Result<HostPort> ParseHostPort(std::string_view text) {
  std::optional<Authority> authority = SplitAuthority(text);
  HostPort address;
  if (authority) address.host = AsciiLower(authority->host);
  if (address.host == "localhost") address.host = "127.0.0.1";
  Family family = LiteralFamily(address.host);
  if (!authority || family != (authority->bracketed ? Family::kV6 : Family::kV4)) {
    return MakeError(
        Reason::kConfig,
        fmt::format("\"{}\" is not an address: expected an IP address and a port, such "
                    "as 127.0.0.1:8080 or [::1]:8080",
                    Utf8Prefix(text, 100)));
  }
  std::optional<uint16_t> port = authority->port ? ParsePort(*authority->port) : std::nullopt;
  if (!port) {
    return MakeError(Reason::kConfig, fmt::format("\"{}\" has no port from 1 to 65535, as in "
                                                  "127.0.0.1:8080",
                                                  Utf8Prefix(text, 100)));
  }
  address.port = *port;
  return address;
}

}  // namespace weir::config
