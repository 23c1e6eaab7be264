// An upstream for tests: a small blocking HTTP/1.1 server on threads of its own that does with each
// request what a Script says, and remembers what it saw. 127.0.0.1, a free port.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "testing/certificates.h"
#include "testing/script.h"

namespace weir {

struct SeenRequest {
  size_t connection = 0;  // counted from 0
  std::string method;
  std::string target;
  std::string head;  // with the request line and the blank line
  std::string body;
  SteadyTime arrived;  // when the last byte was read

  std::string Header(std::string_view name) const;  // first value, trimmed; "" when absent
};

class ScriptedUpstream {
 public:
  using Handler = std::function<Script(const SeenRequest&)>;

  ScriptedUpstream();
  explicit ScriptedUpstream(const Identity& identity);  // TLS
  ~ScriptedUpstream();                                  // releases whatever hangs
  ScriptedUpstream(const ScriptedUpstream&) = delete;
  ScriptedUpstream& operator=(const ScriptedUpstream&) = delete;

  uint16_t port() const;
  std::string Url(std::string_view path = "/v1") const;  // "http://127.0.0.1:PORT/v1"

  // Used once each, in order, before the handler. Any time, any thread.
  void Enqueue(Script script);
  // For requests without a queued script; the default answers 500 "no script".
  void Always(Script script);
  void Handle(Handler handler);

  std::vector<SeenRequest> requests() const;
  size_t connections() const;
  // What clients have taken so far, all connections together, by whole writes.
  uint64_t bytes_sent() const;
  // False when it did not come to that within the limit.
  bool WaitForRequests(size_t count, std::chrono::milliseconds limit) const;
  // When the client's end of the connection of that request was seen; nullopt: not within the
  // limit. Seen while a script waits, pauses or hangs, while it sends, and between requests.
  std::optional<SteadyTime> WaitForClientGone(size_t request,
                                              std::chrono::milliseconds limit) const;

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

// A port of 127.0.0.1 that refuses connections as long as the object lives.
class RefusingPort {
 public:
  RefusingPort();
  ~RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;
  uint16_t port() const { return port_; }
  std::string Url() const;

 private:
  uint16_t port_ = 0;
  int fd_;  // bound, never listening
};

}  // namespace weir
