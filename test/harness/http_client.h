// A blocking HTTP/1.1 client for tests that shows everything: bytes are sent as given, answers are
// read strictly, every stream event has its time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace weir::e2e {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;                                   // 0: no (whole) head came
  Headers headers;                                  // names in lower case
  std::string body;                                 // unframed
  bool complete = false;                            // the body's framing came to its end
  int interims = 0;                                 // 1xx heads before this one
  std::string Header(std::string_view name) const;  // "" when absent
};

struct TimedEvent {
  std::string raw;  // with its blank line
  SteadyTime arrived;
};

class HttpClient {
 public:
  // Connects to 127.0.0.1; throws std::runtime_error when nobody listens.
  // `receive_buffer` bytes in the kernel (0: as many as it likes).
  explicit HttpClient(uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds(60),
                      int receive_buffer = 0);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool Send(std::string_view bytes);  // false when the server does not take them
  void HalfClose();
  void Abort();  // RST

  // One whole answer; 1xx heads are skipped. What came until `patience` or the end, whichever is
  // first.
  HttpAnswer ReadAnswer();
  // The head alone; then events one by one. nullopt: the body ended, or patience did.
  HttpAnswer ReadHead();
  std::optional<TimedEvent> NextEvent();
  bool body_complete() const { return complete_; }
  // True when bytes or the end can be read within `limit`; what was read already does not count.
  bool ReadableWithin(std::chrono::milliseconds limit) const;
  // True when the server ends the connection within `limit` without another byte.
  bool ClosedWithin(std::chrono::milliseconds limit);

 private:
  bool Fill();                    // more bytes into buffer_
  bool Decode(std::string* out);  // moves decoded bytes on; false when more must come or it ended
  bool DecodeChunk(std::string* out);

  enum class Framing { kNone, kLength, kChunked, kUntilClose };
  int fd_;
  std::chrono::milliseconds patience_;
  std::string buffer_;
  Framing framing_ = Framing::kNone;
  size_t left_ = 0;
  bool complete_ = false;
  bool eof_ = false;
  std::string events_;  // decoded, not yet handed out
};

// The bytes of a request with host and content-length.
std::string RequestBytes(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers = {});
// One request on a connection of its own; a JSON content type unless `headers` has one.
HttpAnswer Post(uint16_t port, std::string_view target, std::string_view body,
                const Headers& headers = {});
HttpAnswer Get(uint16_t port, std::string_view target, const Headers& headers = {});

}  // namespace weir::e2e
