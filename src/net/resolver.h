// Names to addresses. Lookups run on threads of the resolver's own, because getaddrinfo may hang
// for many seconds; one lookup a name at a time; answers are kept and, when DNS fails, kept longer.
//
// Age of an answer: < 30 s used; < 2 min used, renewed behind the caller's back; < 10 min used only
// if a new lookup fails. A failure is remembered for one second.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/task.h"
#include "net/upstream_pool.h"
#include "net/worker.h"

namespace weir::net {

using Addresses = std::shared_ptr<const std::vector<Address>>;  // never empty

class Resolver {
 public:
  // Blocks; called on any thread. An error's message says why.
  using Lookup = std::function<Result<std::vector<Address>>(const std::string& host)>;

  explicit Resolver(Lookup lookup);
  ~Resolver();  // does not wait for a lookup that hangs
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // kUpstreamConnect, kConnectTimeout, kClientGone. On the thread of `worker`; any worker.
  Task<Result<Addresses>> Resolve(Worker& worker, std::string host, SteadyTime deadline,
                                  CancelToken* cancel);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

// getaddrinfo, at most 8 addresses, families alternating.
Result<std::vector<Address>> LookUpHost(const std::string& host);

}  // namespace weir::net
