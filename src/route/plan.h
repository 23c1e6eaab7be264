// From the model that was named to the ordered candidates: gates, twins, fallbacks, health, and a
// reason for every model that is left out.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "route/decision.h"
#include "route/gate.h"
#include "route/router.h"

namespace weir::route {

// A model that a route can come to, with its lowest tier there, or -1 when only a chain or a rule
// has it.
struct RouteModel {
  catalog::ModelId model = catalog::kNoModel;
  int tier = -1;
};
// Tiers (or the single model), what a floor chooses from, their twins, their fallbacks, rule
// targets: each once, in that order.
std::vector<RouteModel> ModelsOf(const catalog::Route& route, const catalog::Directory& directory);

// Fills candidates and rejected of one decision. The wish for reasoning gates softly: it rejects
// models without it only while some other model in reach fits and has it.
class Plan {
 public:
  Plan(const catalog::Directory& directory, const chat::Request& request, const HealthView& health,
       Decision* decision);

  // The model a client named, its twins, its fallbacks. Neither capabilities nor the estimate
  // reject the named model, at whichever provider; both gate its fallbacks. Errors:
  // kNoEligibleModel.
  Result<void> Pinned(catalog::ModelId named);
  // The first choice is `preferred` or a twin; when none fits, the tiers above `tier` upwards, then
  // those below it downwards, then any model of the route. Its twins and fallbacks follow it.
  // `tier` is -1 when `preferred` belongs to none: then the search goes on at the route's default
  // tier. Embeddings stay at `preferred` and its twins. A model that fits and was not taken is
  // rejected as `reasons` say, else by its tier. Errors: kNoEligibleModel, kContextTooLong,
  // kBudgetExceeded, kForbidden.
  Result<void> Routed(catalog::ModelId preferred, int tier, std::span<const RouteModel> models,
                      std::span<const Rejected> reasons = {});

 private:
  bool Known(catalog::ModelId id) const;
  bool Fits(catalog::ModelId id);  // records why not; false also for a model that is Known
  void Take(catalog::ModelId id);
  void TakeKeyed(catalog::ModelId id);
  bool TakeFitting(catalog::ModelId id);  // or a twin, and then the whole chain
  void TakeFallbacks(const catalog::Model& model);
  void FindFirst(catalog::ModelId preferred, int tier, std::span<const RouteModel> models);
  void RejectRest(int tier, std::span<const RouteModel> models, std::span<const Rejected> reasons);
  Result<void> Finish();
  const Rejected* NearestMiss() const;
  Error NothingFits() const;

  const catalog::Directory& directory_;
  const chat::Request& request_;
  const HealthView& health_;
  Decision* decision_;
  Needs needs_;
};

}  // namespace weir::route
