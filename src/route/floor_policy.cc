#include "route/floor_policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::route {
namespace {

bool IsProven(const Offer& offer, const FloorPick& pick) {
  if (offer.baseline || offer.trusted) return offer.baseline || offer.chance.proven();
  return pick.by_labels && offer.chance.proven();
}

// Of proven offers. Each step compares what belongs to the two offers alone, so a further offer
// changes the outcome only by being it.
bool IsBetter(const Offer& a, const Offer& b, const FloorPick& pick) {
  const bool keeps = KeepsFloor(a, pick);
  if (keeps != KeepsFloor(b, pick)) return keeps;
  if (a.healthy != b.healthy) return a.healthy;
  if (keeps && a.cost != b.cost) return a.cost < b.cost;
  if (a.chance.good != b.chance.good) return a.chance.good > b.chance.good;
  return a.cost < b.cost;
}

bool ProvenByVerdicts(const Offer& offer) {
  return offer.trusted && offer.chance.basis == Basis::kVerdicts && offer.chance.proven();
}

}  // namespace

bool KeepsFloor(const Offer& offer, const FloorPick& pick) {
  if (offer.baseline) return true;
  if (offer.trusted) return *offer.trusted;
  return pick.by_labels && offer.chance.proven() && offer.chance.good >= pick.threshold;
}

double NeedOf(const Chance& model, const Chance& baseline, double share, double score) {
  const bool by_labels = model.basis == Basis::kOwn && model.proven() && baseline.proven();
  if (!by_labels || baseline.good <= 0) return score;
  constexpr double kLeastAllowed = 0.001;  // a floor of 1 allows nothing, and still needs a scale
  const double lacks = std::max(0.0, 1 - model.good / baseline.good);
  return lacks / (lacks + std::max(kLeastAllowed, 1 - share));
}

FloorPick PickByFloor(double share, const Chance& baseline, std::span<const Offer> offers) {
  FloorPick pick;
  if (!baseline.proven() && std::ranges::none_of(offers, ProvenByVerdicts)) return pick;
  pick.threshold = share * baseline.good;
  pick.by_labels = baseline.proven();
  for (size_t i = 0; i < offers.size(); ++i) {
    if (!offers[i].fits || !IsProven(offers[i], pick)) continue;
    if (!pick.taken || IsBetter(offers[i], offers[*pick.taken], pick)) pick.taken = i;
  }
  pick.kept = pick.taken && KeepsFloor(offers[*pick.taken], pick);
  return pick;
}

std::vector<Rejected> WhyNot(const FloorPick& pick, std::span<const Offer> offers) {
  std::vector<Rejected> others;
  for (size_t i = 0; i < offers.size(); ++i) {
    const Offer& offer = offers[i];
    if (!offer.fits || i == pick.taken) continue;
    Rejected why{offer.model, Rejection::kDearer, {}};
    if (offer.trusted == false) {
      why.why = Rejection::kBelowFloor;
      why.detail = fmt::format("verdicts: need {:.3f}, crest {:.3f}", offer.need, offer.crest);
    } else if (!IsProven(offer, pick)) {
      why.why = Rejection::kUnproven;
      why.detail = fmt::format("{} of {} labels", offer.chance.labels, kProvenLabels);
    } else if (!KeepsFloor(offer, pick)) {
      why.why = Rejection::kBelowFloor;
      why.detail = fmt::format("{:.3f} < {:.3f}", offer.chance.good, pick.threshold);
    }
    others.push_back(std::move(why));
  }
  return others;
}

}  // namespace weir::route
