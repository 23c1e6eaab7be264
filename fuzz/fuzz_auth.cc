// Whoever knocks: the header lines of a request before the admin plane's door and the guards of
// Host and Origin, each judged a second time by a simpler rule (HARDENING F07).
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "admin/door.h"
#include "base/strings.h"
#include "fuzz/check.h"
#include "net/origin_guard.h"

namespace weir::fuzz {
namespace {

constexpr std::string_view kKey = "key-1";
constexpr std::string_view kListen = "10.1.2.3";

// Exactly one header that may carry a key, and nothing in it but the key.
bool ShowsTheKey(const http::RequestHead& head) {
  size_t credentials = 0;
  bool right = false;
  for (const http::Header& header : head.headers.all()) {
    const std::string name = AsciiLower(header.name);
    if (name != "authorization" && name != "x-api-key") continue;
    ++credentials;
    std::string value(header.value);
    if (name == "authorization") {
      if (AsciiLower(value.substr(0, 7)) != "bearer ") continue;
      value.erase(0, 7);
      value.erase(0, value.find_first_not_of(" \t"));
    }
    right = value == kKey;
  }
  return credentials == 1 && right;
}

// "host", "host:port" and "[v6]:port" of this machine; a port has at most five digits.
bool IsOurs(std::string authority) {
  const size_t colon = authority.rfind(':');
  const bool literal = authority.starts_with('[');
  if (colon != std::string::npos && (!literal || colon > authority.find(']'))) {
    const std::string port = authority.substr(colon + 1);
    if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
    authority.erase(colon);
  }
  authority = AsciiLower(authority);
  in6_addr address{};
  if (literal) {
    if (!authority.ends_with(']')) return false;
    authority = authority.substr(1, authority.size() - 2);
    if (inet_pton(AF_INET6, authority.c_str(), &address) == 1) {
      return IN6_IS_ADDR_LOOPBACK(&address);
    }
  }
  in_addr v4{};
  if (inet_pton(AF_INET, authority.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> 24 == 127 || authority == kListen;
  }
  return authority == "localhost" || authority.ends_with(".localhost");
}

void CheckGuards(const http::RequestHead& head) {
  const std::string listen(kListen);
  const bool host = net::CheckHost(head, listen).has_value();
  const bool origin = net::CheckOrigin(head, listen).has_value();
  const bool same = net::CheckSameOrigin(head, listen).has_value();
  WEIR_FUZZ_CHECK(host == (head.host.empty() || IsOurs(std::string(head.host))));
  WEIR_FUZZ_CHECK(host || (!origin && !same));
  const auto said = head.headers.Find("origin");
  if (!said) {
    WEIR_FUZZ_CHECK(origin == host && same == host);
    return;
  }
  const std::string lower = AsciiLower(*said);
  if (origin || same)
    WEIR_FUZZ_CHECK(lower.starts_with("http://") || lower.starts_with("https://"));
  const std::string authority = lower.substr(std::min(lower.find("//"), lower.size() - 2) + 2);
  if (origin) WEIR_FUZZ_CHECK(IsOurs(authority));
  if (same) WEIR_FUZZ_CHECK(authority == AsciiLower(head.host));
}

void Run(std::string_view fields) {
  std::string bytes = "GET /api/health HTTP/1.1\r\n";
  bytes += fields;
  bytes += "\r\n\r\n";
  http::RequestHead head;
  Result<size_t> whole = http::ParseRequestHead(bytes, {}, &head);
  if (!whole || *whole == 0) return;
  CheckGuards(head);
  const std::string listen(kListen);
  const admin::Door door(Secret{std::string(kKey)}, listen);
  const bool same = net::CheckSameOrigin(head, listen).has_value();
  Result<void> entered = door.Enter(head);
  WEIR_FUZZ_CHECK(entered.has_value() == (same && ShowsTheKey(head)));
  if (!entered) WEIR_FUZZ_CHECK(entered.error().message.size() < 512);
  const admin::Door locked(Secret{}, listen);
  WEIR_FUZZ_CHECK(!locked.Enter(head));
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::fuzz::Run(weir::fuzz::Bytes(bytes, size));
  return 0;
}
