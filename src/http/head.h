// HTTP/1.x heads: bytes in, judged heads out. There is no lenient mode: a head that has not been
// judged whole cannot leave this folder (DESIGN rule 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/shelves.h"

namespace weir::http {

struct Header {
  std::string_view name;
  std::string_view value;  // trimmed
};

// A flat list of views into the caller's buffer. Lookups ignore ASCII case.
class HeaderList {
 public:
  void Clear() { headers_.clear(); }
  void Add(std::string_view name, std::string_view value) { headers_.push_back({name, value}); }
  // The first value, or nullopt.
  std::optional<std::string_view> Find(std::string_view name) const;
  int Count(std::string_view name) const;
  const ShelvedVector<Header>& all() const { return headers_; }

 private:
  ShelvedVector<Header> headers_;  // keeps its capacity between requests
};

enum class BodyKind : uint8_t { kNone, kLength, kChunked, kUntilClose };

struct Framing {
  BodyKind kind = BodyKind::kNone;
  uint64_t length = 0;  // kLength
};

struct Limits {
  size_t max_head = 64 << 10;  // request line + headers
  size_t max_target = 8 << 10;
  size_t max_headers = 200;
};

struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent
  std::string_view path;    // before '?'; raw, never decoded
  std::string_view query;   // after '?', without it
  int minor_version = 1;    // HTTP/1.N
  std::string_view host;
  HeaderList headers;
  Framing framing;
  bool keep_alive = true;
  bool expect_continue = false;
  bool upgrade = false;  // there is an Upgrade: what comes behind may not be HTTP/1.x
};

struct ResponseHead {
  int status = 0;
  int minor_version = 1;
  HeaderList headers;
  Framing framing;  // kUntilClose when neither length nor chunked is given
  bool keep_alive = true;
};

// Parses a head from the start of `bytes`. Returns its size in bytes, or 0 when more bytes are
// needed
// (`head` then holds nothing of use). A second call with more bytes starts over. Views in `head`
// point into `bytes`. What cannot become a good head is refused by the first byte that shows it:
// bare LF, TLS, HTTP/2, HTTP/0.9 do not wait for the rest (beyond the first max_target bytes: for
// the head's end or the limit).
//
// Any error ends the connection: kBadRequest, kHeaderTooLarge, kUriTooLong, kExpectationFailed.
// A method is any token but CONNECT: the caller answers 405. Targets are origin-form, and `*` for
// OPTIONS; absolute-form is refused even for our own Host. Exactly one Host (HTTP/1.0: at most
// one). Escapes like %00 are left to whoever decodes the path.
Result<size_t> ParseRequestHead(std::string_view bytes, const Limits& limits, RequestHead* head);

// The same for an upstream's answer to anything but HEAD (which Weir never sends); every error is
// kUpstreamProtocol. 1xx heads are returned like others (framing kNone) and the caller skips them;
// 101 is an error.
Result<size_t> ParseResponseHead(std::string_view bytes, const Limits& limits, ResponseHead* head);

}  // namespace weir::http
