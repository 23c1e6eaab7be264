// Kept-alive connections to upstreams, one pool a worker. Dials, resolves names, verifies TLS.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/worker.h"

namespace weir::net {

// Where an upstream is. Made from the loaded config only, never from a request (DESIGN rule 1).
struct Endpoint {
  std::string host;  // name or IP literal
  uint16_t port = 0;
  bool tls = false;
  std::string ca_file;      // extra trust root; empty = the system's
  bool http = true;         // offered to the peer by ALPN
  std::string Key() const;  // equal keys share connections
};

struct PoolLimits {
  int max_idle_per_endpoint = 256;
  std::chrono::milliseconds max_idle_time{55'000};
};

class Resolver;  // getaddrinfo on a thread of its own, with a cache; shared by all workers
std::shared_ptr<Resolver> MakeResolver();
class TlsContexts;  // OpenSSL contexts by ca_file, session resumption; shared by all workers
std::shared_ptr<TlsContexts> MakeTlsContexts();

class UpstreamPool {
 public:
  UpstreamPool(Worker& worker, std::shared_ptr<Resolver> resolver, std::shared_ptr<TlsContexts> tls,
               PoolLimits limits);
  ~UpstreamPool();

  struct Connection {
    std::unique_ptr<Stream> stream;
    bool reused = false;  // an answerless EOF on a reused connection may be retried on a fresh one
  };

  // An idle connection that seems good, or nullptr. It counts as reused.
  std::unique_ptr<Stream> TakeIdle(const Endpoint& endpoint);
  // An idle connection (unless `fresh`) or a new one. Errors: kUpstreamConnect, kConnectTimeout,
  // kUpstreamTls, kClientGone when `cancel` fires. `endpoint` is copied.
  Task<Result<Connection>> Acquire(Endpoint endpoint, SteadyTime deadline, bool fresh,
                                   CancelToken* cancel);
  // Gives a connection back for reuse; only after a whole answer was read.
  void Release(const Endpoint& endpoint, std::unique_ptr<Stream> stream);
  int idle() const;

 private:
  struct Shelf;
  std::unique_ptr<Shelf> shelf_;
};

}  // namespace weir::net
