// Everything a request needs of one loaded config, resolved to pointers. Immutable; a request keeps
// the one it began with. Health (breakers, key pools) is shared with the snapshot before it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"
#include "config/settings.h"
#include "gateway/breaker.h"
#include "gateway/key_pool.h"
#include "limits/key_ring.h"
#include "net/server_connection.h"
#include "net/upstream_pool.h"
#include "provider/dialect.h"
#include "route/router.h"

namespace weir::gateway {

struct Snapshot {
  uint32_t version = 1;
  config::Settings settings;
  std::shared_ptr<const catalog::Directory> directory;
  std::shared_ptr<const route::Router> router;
  std::shared_ptr<const limits::KeyRing> keys;  // never null
  net::ServerLimits limits;

  // By ProviderId.
  struct Upstream {
    const provider::Dialect* dialect = nullptr;
    net::Endpoint endpoint;
    std::string authority;  // of the endpoint, for its Host header
    std::shared_ptr<KeyPool> keys;
  };
  std::vector<Upstream> upstreams;
  std::vector<std::shared_ptr<Breaker>> breakers;  // by ModelId
};

// `before` may be null; without `keys` everybody may ask. Dialect names were checked by
// catalog::Resolve.
std::shared_ptr<const Snapshot> MakeSnapshot(config::Settings settings,
                                             std::shared_ptr<const route::Router> router,
                                             std::span<const provider::Dialect* const> dialects,
                                             const Snapshot* before,
                                             std::shared_ptr<const limits::KeyRing> keys = nullptr);

// Usable = its provider has a key and its breaker is closed.
class SnapshotHealth final : public route::HealthView {
 public:
  // `whole`: when the request was.
  SnapshotHealth(const Snapshot& snapshot, SteadyTime now, WallMicros whole)
      : snapshot_(snapshot), now_(now), whole_(whole) {}
  bool Usable(catalog::ModelId model) const override;
  WallMicros Time() const override { return whole_; }

 private:
  const Snapshot& snapshot_;
  SteadyTime now_;
  WallMicros whole_;
};

}  // namespace weir::gateway
