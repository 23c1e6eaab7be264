// A worker's way to Redis: one connection that is made in the background, and a breaker. Nobody
// ever waits for a connect: without a connection every command is refused at once. Everything on
// the worker's thread.
//
// A connection greets with AUTH, SELECT and a small write, all within a command's deadline: what is
// slow, wants another password, is read-only, full, loading or a part of a cluster is down, and is
// tried again a second later, never sooner.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/outage.h"
#include "base/secret.h"
#include "net/redis_connection.h"
#include "net/task.h"
#include "net/upstream_pool.h"

namespace weir::net {

struct RedisTarget {
  Endpoint endpoint;  // from the loaded config
  std::string user;   // empty: none, as before ACLs
  Secret password;    // empty: none
  int database = 0;
  std::string probe_key;  // what the greeting writes, for a second
};

struct RedisPatience {
  int failures = 5;  // in a row; then the worker does without
  std::chrono::milliseconds between_connects{1'000};
  std::chrono::milliseconds connect{1'000};  // TCP and TLS
};

struct RedisAnswer {
  RedisEnd end = RedisEnd::kNotSent;
  RedisReply reply;  // kAnswered
  bool Is(RedisReply::Kind kind) const { return end == RedisEnd::kAnswered && reply.kind == kind; }
};

class RedisClient final : private RedisConnection::Owner {
 public:
  struct Options {
    RedisTarget target;
    RedisLimits limits;
    RedisPatience patience;
  };
  // What outlives the clients of all workers.
  struct Shared {
    RedisTraffic& traffic;
    Outage& outage;
  };

  // Connects soon. `on_ready`: a connection stands, also after an outage. The pool dials, and
  // outlives the client. May be made on another thread, before the worker runs.
  RedisClient(Worker& worker, UpstreamPool& pool, Options options, Shared shared,
              std::function<void()> on_ready);
  ~RedisClient();

  bool ready() const { return state_ == State::kReady; }
  // False: not sent, and `call` (which may be nullptr) hears nothing.
  bool Send(RedisCommand command, RedisCall* call);
  // The answer, at once when there is none to be had.
  Task<RedisAnswer> Ask(RedisCommand command);
  // An answer did not belong to its command: the connection ends.
  void Distrust(std::string why);

 private:
  enum class State : uint8_t { kAway, kGreeting, kReady };

  void Answered(const RedisReply& reply) override;
  void Ended(size_t unanswered, std::string why) override;
  void ConnectLater();
  Task<void> Connect();
  void Greet();
  void SayHello(RedisCommand command);
  void OnGreeted(const RedisCall& call);
  void BeReady();
  void Lose(std::string why);
  void Settle();

  Worker& worker_;
  UpstreamPool& pool_;
  const Options options_;
  const Shared shared_;
  const std::function<void()> on_ready_;
  State state_ = State::kAway;
  int failures_ = 0;   // in a row
  bool lost_ = false;  // and the outage knows of it
  SteadyTime last_connect_ = SteadyTime::min();
  std::unique_ptr<RedisConnection> connection_;
  std::array<std::optional<RedisCall>, 3> greetings_;
  size_t greetings_sent_ = 0;
  size_t greeted_ = 0;
  OwnedTask connecting_;
  Timer connect_;
  Timer settle_;
};

}  // namespace weir::net
