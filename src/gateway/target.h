// One place a request can go: a model at a provider, with everything an attempt needs.
#pragma once

#include <string_view>

#include "base/shelves.h"
#include "gateway/snapshot.h"
#include "route/decision.h"

namespace weir::gateway {

// Points into the snapshot and decision, which outlive it.
struct Target : Shelved {
  const catalog::Provider* provider = nullptr;
  const Snapshot::Upstream* upstream = nullptr;
  const catalog::Model* model = nullptr;  // nullptr: an undeclared model (allow_unknown)
  Breaker* breaker = nullptr;             // nullptr: undeclared models have none
  bool probe = false;                     // this attempt is the breaker's half-open probe
  ShelvedString name;                     // "aiwave/glm-4-flash"
  std::string_view wire_name;             // its name there
  const config::Timeouts& timeouts() const {
    return model != nullptr ? model->timeouts : provider->timeouts;
  }
  const catalog::Prices* prices() const {
    const auto& known = model != nullptr ? model->prices : provider->prices;
    return known ? &*known : nullptr;
  }
};

Target ResolveTarget(const Snapshot& snapshot, const route::Decision& decision,
                     const route::Candidate& candidate);

}  // namespace weir::gateway
