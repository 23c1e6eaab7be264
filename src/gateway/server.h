// The running data plane: workers on their threads, listeners, reload and drain.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gateway/core.h"

namespace weir::gateway {

// What operators are shown of a running server; plain data, made by Server::health().
struct TargetHealth {
  std::string model;
  std::string provider;
  bool open = false;  // resting after failures, or cooling
  int64_t open_for_ms = 0;
  int consecutive_failures = 0;
  size_t keys = 0, keys_usable = 0;
};
struct ServerHealth {
  std::vector<TargetHealth> targets;
  int64_t inflight = 0;
  bool draining = false;
  int64_t retry_tokens = 0;
  cache::StoreFigures cache;
  ConversationFigures conversations;
  limits::Accounts::Figures accounts;
  struct SampleFigures {
    uint64_t taken = 0, verdicts = 0, failed = 0, busy = 0, broke = 0;
  } samples;
  uint64_t words_not_kept = 0;  // with `bodies: on`, for want of room
  quality::Monitor::Figures quality;
  std::optional<cache::RedisFigures> redis;  // where one is configured
  uint32_t config_version = 0;
};

class Server {
 public:
  // Opens the listeners and prepares the workers; nothing runs before Start(). kIo with the address
  // when it cannot be bound.
  static Result<std::unique_ptr<Server>> Open(std::shared_ptr<const Snapshot> snapshot,
                                              ledger::Ledger& ledger, const Clock& clock);
  virtual ~Server() = default;  // Drain() first

  virtual void Start() = 0;
  virtual uint16_t port() const = 0;
  // New requests use `snapshot`; those in flight keep theirs. Any thread.
  virtual void Reload(std::shared_ptr<const Snapshot> snapshot) = 0;
  // Stops accepting, lets requests finish for at most `limit`, then cancels them; joins the
  // threads. `hurry` is polled: true ends the waiting.
  virtual void Drain(std::chrono::milliseconds limit, const std::function<bool()>& hurry) = 0;

  // Takes answers out of the cache; how many. Any thread.
  virtual uint64_t PurgeCache(const cache::Selection& selection) = 0;
  // Of all keys, teams and users; outlives reloads.
  virtual limits::Accounts& accounts() = 0;
  virtual quality::Monitor& monitor() = 0;
  virtual ServerHealth health() const = 0;
  virtual TrafficTotals traffic() const = 0;
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
};

}  // namespace weir::gateway
