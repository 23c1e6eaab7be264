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
  // What verdicts say of it: nullopt: not enough, its chance decides.
  std::optional<bool> trusted = {};
  double need = 0, crest = 1;  // of the request on that scale, and up to where it may answer
  bool baseline = false;       // it is the baseline, which keeps any floor that is in force
  bool fits = true;            // the gates are open
  bool healthy = true;         // another healthy one that keeps the floor goes first
};

struct FloorPick {
  // Of the offers. nullopt: the floor is not in force, or no offer fits. In force it is where the
  // baseline and an offer are proven, or verdicts prove an offer: those are relative to it.
  std::optional<size_t> taken;
  bool kept = false;       // false: no offer keeps the floor, the likeliest to be good was taken
  double threshold = 0;    // share * the baseline's chance
  bool by_labels = false;  // the baseline is proven, so that labels of others have a threshold
};

FloorPick PickByFloor(double share, const Chance& baseline, std::span<const Offer> offers);

bool KeepsFloor(const Offer& offer, const FloorPick& pick);

// What a request needs more than a model, on the scale that verdicts are learned on: where both
// chances are proven by labels g / (g + 1 - share), g being the share of the baseline's chance that
// the model lacks: 1/2 is where the floor cuts, whatever it is. Else the classifier's score.
double NeedOf(const Chance& model, const Chance& baseline, double share, double score);
inline constexpr double kNeedAtFloor = 0.5;

// Why the offers that were not taken were not; those that do not fit are the gates' to explain.
std::vector<Rejected> WhyNot(const FloorPick& pick, std::span<const Offer> offers);

}  // namespace weir::route
