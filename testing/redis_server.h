// A real redis-server for tests: on a free port of 127.0.0.1, without persistence, in a folder of
// its own. It ends with the object, and with the test that has it. Debian's service is not used.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

class RedisServer {
 public:
  static bool Installed();

  enum class Port : uint8_t { kPlain, kTls };
  // `arguments` of the command line. Waits until it takes connections; throws when it does not.
  explicit RedisServer(std::vector<std::string> arguments = {}, Port port = Port::kPlain);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  uint16_t port() const { return port_; }
  void Kill();     // SIGKILL
  void Restart();  // after Kill(): empty, on the same port
  void Freeze();   // SIGSTOP: it takes connections and does not answer
  void Thaw();
  // What it answers to a command on a connection of its own, as text; an error as "-ERR …", nothing
  // as "(nil)", a list's items with line feeds between. Not over TLS.
  std::string Ask(const std::vector<std::string_view>& words) const;

 private:
  void Launch();
  bool WaitUntilUp();

  const std::vector<std::string> arguments_;
  const Port kind_;
  std::string folder_;
  uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace weir

#define WEIR_REQUIRE_REDIS()                                                          \
  if (!weir::RedisServer::Installed()) {                                              \
    GTEST_SKIP() << "redis-server is not installed: script/bootstrap --test does it"; \
  }
