// How Weir frames what a client sends: the bytes go through a real net::ServerConnection, which
// answers whatever it accepts. To be compared with other parsers of the same bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/worker.h"
#include "testing/fake_clock.h"

namespace weir {

struct FramedRequest {
  std::string method;
  std::string target;
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;  // as sent, values trimmed
  std::string body;
  bool operator==(const FramedRequest&) const = default;
};

struct FramedStream {
  enum class End : uint8_t {
    kWaiting,  // for more bytes, or between requests
    kRefused,  // with an error; nothing behind it is read
    kClosed,   // behind the last request, as it or its version asked
  };
  std::vector<FramedRequest> requests;  // accepted, in order
  End end = End::kWaiting;
  bool operator==(const FramedStream&) const = default;
};

class Framer {
 public:
  // The bytes come in pieces of at most `stride`, which must not change the result.
  FramedStream Frame(std::string_view bytes, size_t stride);

 private:
  FakeClock clock_;
  net::Worker worker_{0, clock_};
};

}  // namespace weir
