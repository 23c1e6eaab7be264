// Verdicts in a decision: who hands a request upwards, and who could be measured by it.
#pragma once

#include "catalog/directory.h"
#include "route/choice.h"
#include "route/classifier.h"
#include "route/decision.h"
#include "route/router.h"

namespace weir::route {

// Upwards from a tier that is not trusted with the request, with the reason `quality`; the last
// tier is trusted with everything. `trusted(tier)`.
template <class Trusted>
void HandUp(const catalog::Route& route, const Trusted& trusted, Choice* choice) {
  if (choice->tier < 0) return;
  const auto last = static_cast<int>(route.tiers.size()) - 1;
  int tier = choice->tier;
  while (tier < last && !trusted(tier)) ++tier;
  if (tier == choice->tier) return;
  choice->tier = tier;
  choice->preferred = route.tiers[static_cast<size_t>(tier)].model;
  choice->reason = "quality";
}

// Of a route with tiers; the tier that hands the request up is measurable by it.
void HandUpTiers(const catalog::Route& route, const Verdict& verdict, const HealthView& health,
                 Choice* choice, Decision* decision);

// Which of quality->measured a decision of the route is when that model answers: of a floor the
// model, else the tier. -1: none.
int MeasuredIn(const catalog::Route& route, const catalog::Directory& directory,
               const Decision& decision, catalog::ModelId answered);

// Who answers is measurable, too, where the route measures that; who neither answers nor is a probe
// is not. After the candidates are known.
void AddAnswering(const catalog::Route& route, const catalog::Directory& directory,
                  Decision* decision);

}  // namespace weir::route
