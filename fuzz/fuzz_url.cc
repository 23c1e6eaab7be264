// URLs, addresses, durations and sizes of a config: what was understood is written and read again
// as the same, and an upstream's host is nothing but a host.
#include <string>

#include "base/strings.h"
#include "config/parse.h"
#include "fuzz/check.h"
#include "net/address.h"

namespace weir::fuzz {
namespace {

bool SameUrl(const config::Url& a, const config::Url& b) {
  return a.tls == b.tls && a.host == b.host && a.port == b.port && a.path == b.path;
}

bool IsLoopback(const net::Address& address) {
  if (address.family() == AF_INET) return ntohl(address.v4.sin_addr.s_addr) >> 24 == 127;
  return IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr);
}

void CheckUrl(std::string_view text) {
  Result<config::Url> url = config::ParseUrl(text);
  if (!url) {
    WEIR_FUZZ_CHECK(url.error().message.size() < 512);
    return;
  }
  WEIR_FUZZ_CHECK(!url->host.empty() && url->port != 0);
  const bool v6 = url->host.find(':') != std::string::npos;
  WEIR_FUZZ_CHECK(url->host.find_first_not_of(v6 ? "0123456789abcdef:."
                                                 : "abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                  std::string::npos);
  WEIR_FUZZ_CHECK(url->path.empty() || (url->path.front() == '/' && url->path.back() != '/'));
  WEIR_FUZZ_CHECK(url->path.find_first_of("?#\\ ") == std::string::npos);
  // What the system reads as an address is written as one, and loopback is what it says.
  const auto literal = net::ParseLiteral(url->host, 80);
  if (literal && !v6) WEIR_FUZZ_CHECK(literal->Text() == url->host + ":80");
  const bool loopback = literal ? IsLoopback(*literal) : url->host == "localhost";
  WEIR_FUZZ_CHECK(url->IsLoopback() == loopback);
  Result<config::Url> again = config::ParseUrl(url->ToString());
  WEIR_FUZZ_CHECK(again.has_value() && SameUrl(*again, *url));
}

void CheckHostPort(std::string_view text) {
  Result<config::HostPort> address = config::ParseHostPort(text);
  if (!address) {
    WEIR_FUZZ_CHECK(address.error().message.size() < 512);
    return;
  }
  const auto literal = net::ParseLiteral(address->host, address->port);
  WEIR_FUZZ_CHECK(literal && literal->port() == address->port);
  Result<config::HostPort> again = config::ParseHostPort(address->ToString());
  WEIR_FUZZ_CHECK(again && again->host == address->host && again->port == address->port);
}

void CheckQuantities(std::string_view text) {
  const auto duration = config::ParseDuration(text);
  if (duration) {
    WEIR_FUZZ_CHECK(duration->count() > 0);
    const auto again = config::ParseDuration(FormatDuration(*duration));
    WEIR_FUZZ_CHECK(again && *again == *duration);
  }
  const auto size = config::ParseSize(text);
  WEIR_FUZZ_CHECK(!size || *size >= 0);
  const auto tokens = config::ParseTokenCount(text);
  WEIR_FUZZ_CHECK(!tokens || *tokens >= 0);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  weir::fuzz::CheckUrl(input);
  weir::fuzz::CheckHostPort(input);
  weir::fuzz::CheckQuantities(input);
  return 0;
}
