#include "route/floor_policy.h"

#include <fmt/format.h>

namespace weir::route {
namespace {

// Of proven offers. Each step compares what belongs to the two offers alone, so a further offer
// changes the outcome only by being it.
bool IsBetter(const Offer& a, const Offer& b, double threshold) {
  const bool keeps = KeepsFloor(a.chance, threshold);
  if (keeps != KeepsFloor(b.chance, threshold)) return keeps;
  if (a.healthy != b.healthy) return a.healthy;
  if (keeps && a.cost != b.cost) return a.cost < b.cost;
  if (a.chance.good != b.chance.good) return a.chance.good > b.chance.good;
  return a.cost < b.cost;
}

}  // namespace

bool KeepsFloor(const Chance& chance, double threshold) {
  return chance.proven() && chance.good >= threshold;
}

FloorPick PickByFloor(double share, const Chance& baseline, std::span<const Offer> offers) {
  FloorPick pick;
  if (!baseline.proven()) return pick;
  pick.threshold = share * baseline.good;
  for (size_t i = 0; i < offers.size(); ++i) {
    if (!offers[i].fits || !offers[i].chance.proven()) continue;
    if (!pick.taken || IsBetter(offers[i], offers[*pick.taken], pick.threshold)) pick.taken = i;
  }
  pick.kept = pick.taken && KeepsFloor(offers[*pick.taken].chance, pick.threshold);
  return pick;
}

std::vector<Rejected> WhyNot(const FloorPick& pick, std::span<const Offer> offers) {
  std::vector<Rejected> others;
  for (size_t i = 0; i < offers.size(); ++i) {
    const Offer& offer = offers[i];
    if (!offer.fits || i == pick.taken) continue;
    Rejected why{offer.model, Rejection::kDearer, {}};
    if (!offer.chance.proven()) {
      why.why = Rejection::kUnproven;
      why.detail = fmt::format("{} of {} labels", offer.chance.labels, kProvenLabels);
    } else if (!KeepsFloor(offer.chance, pick.threshold)) {
      why.why = Rejection::kBelowFloor;
      why.detail = fmt::format("{:.3f} < {:.3f}", offer.chance.good, pick.threshold);
    }
    others.push_back(std::move(why));
  }
  return others;
}

}  // namespace weir::route
