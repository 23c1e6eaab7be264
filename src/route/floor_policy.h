// The quality floor: the cheapest model whose chance of a good answer is at least a share of the
// baseline's (docs/adr/0012-quality-floor.md). Pure: which model is taken depends on the numbers
// alone, of equals on the order of the config.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/money.h"
#include "catalog/directory.h"
#include "route/decision.h"
#include "route/outlook.h"

namespace weir::route {

// A model of the route for one request.
struct Offer {
  catalog::ModelId model = catalog::kNoModel;
  NanoUsd cost;  // expected, of this request
  Chance chance;
  bool fits = true;     // the gates are open
  bool healthy = true;  // another healthy one that keeps the floor goes first
};

struct FloorPick {
  // Of the offers. nullopt: the floor is not in force, for want of evidence of the baseline or of
  // any offer, or no offer fits.
  std::optional<size_t> taken;
  bool kept = false;     // false: no offer keeps the floor, the likeliest to be good was taken
  double threshold = 0;  // share * the baseline's chance
};

FloorPick PickByFloor(double share, const Chance& baseline, std::span<const Offer> offers);

// Of a proven chance.
bool KeepsFloor(const Chance& chance, double threshold);

// Why the offers that were not taken were not; those that do not fit are the gates' to explain.
std::vector<Rejected> WhyNot(const FloorPick& pick, std::span<const Offer> offers);

}  // namespace weir::route
