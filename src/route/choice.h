// What a route comes to before gates and health: the model that is wanted, and why.
#pragma once

#include <vector>

#include "base/money.h"
#include "base/shelves.h"
#include "catalog/directory.h"
#include "route/classifier.h"
#include "route/decision.h"

namespace weir::route {

struct Choice {
  catalog::ModelId preferred = catalog::kNoModel;
  int tier = -1;
  ShelvedString reason;
  double score = 0.5;
  NanoUsd forgone = {};               // Conversation::forgone from now on
  std::vector<Rejected> others = {};  // why not these, where the policy says so
};

Choice OfTier(const catalog::Route& route, int tier, ShelvedString reason);
// With its tier, where the route has one for it.
Choice OfModel(const catalog::Route& route, catalog::ModelId model, ShelvedString reason);
Choice DefaultOf(const catalog::Route& route);
Choice EmbeddingsOf(const catalog::Route& route, const catalog::Directory& directory);
// The tier that a classifier names or that its share falls into, else the default.
Choice ByVerdict(const catalog::Route& route, const Verdict& verdict);

}  // namespace weir::route
