// A blocking HTTP client over a loopback socket, for tests of the admin server.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace weir::admin {

struct Reply {
  int status = 0;  // 0: the connection ended without an answer
  std::string head, body;
  // Empty when missing. `name` in lower case.
  std::string Header(std::string_view name) const;
};

class LoopbackClient {
 public:
  explicit LoopbackClient(uint16_t port);
  ~LoopbackClient();
  LoopbackClient(LoopbackClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LoopbackClient& operator=(LoopbackClient&&) = delete;

  bool Send(std::string_view bytes);
  // Reads one response with Content-Length; waits at most 20 s.
  Reply ReadReply();

 private:
  int fd_;
};

// One request on a connection of its own.
Reply AskOnce(uint16_t port, std::string_view request);

}  // namespace weir::admin
