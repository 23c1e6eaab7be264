#include "route/floor_choice.h"

#include <algorithm>

#include "route/floor_policy.h"
#include "route/gate.h"
#include "route/measuring.h"

namespace weir::route {
namespace {

using catalog::ModelId;

// Of a baseline of which nothing is known: most answers of strong models are good.
constexpr double kUnknownChance = 0.75;

void SetChance(ModelId model, const Chance& chance, Decision* decision) {
  for (ModelChance& known : decision->chances) {
    if (known.model == model) known.chance = chance;
  }
}

// nullptr: the floor does not choose from it.
const Offer* OfferOf(std::span<const Offer> offers, ModelId model) {
  const auto offer = std::ranges::find(offers, model, &Offer::model);
  return offer == offers.end() ? nullptr : &*offer;
}

// What verdicts say of the offer, and where it stands for being asked besides.
void AskVerdicts(const FloorAsk& ask, const Chance& baseline, Offer* offer, Decision* decision) {
  const int measured = ask.route.MeasuredModel(offer->model, ask.directory);
  if (measured < 0) return;
  offer->need = NeedOf(offer->chance, baseline, ask.route.floor->share, ask.verdict.score);
  decision->measurable.push_back({measured, offer->need});
  const auto trust = ask.health.TrustIn(ask.route, measured, offer->need, ask.verdict.task);
  if (!trust) return;
  offer->crest = trust->crest;
  if (!trust->may) offer->trusted = false;
  if (trust->verdicts < kProvenLabels) return;
  offer->trusted = trust->may;
  const double level = baseline.good > 0 ? baseline.good : kUnknownChance;
  offer->chance = {std::clamp(level - trust->net_loss, 0.0, 1.0), Basis::kVerdicts,
                   static_cast<uint32_t>(trust->verdicts)};
  SetChance(offer->model, offer->chance, decision);
}

std::vector<Offer> OffersOf(const FloorAsk& ask, const Chance& baseline, Decision* decision) {
  const std::vector<ModelId>& models = ask.route.floor->models;
  const Needs needs = NeedsAmong(ask.directory, ask.features.request(), models);
  std::vector<Offer> offers;
  for (const ModelId id : models) {
    const Candidate priced = Priced(ask.directory, id, *decision);
    Offer offer{id, priced.expected_cost, *ChanceOf(*decision, id)};
    offer.baseline = ask.directory.AreTwins(id, ask.route.baseline);
    offer.fits = priced.priced && !Gate(ask.directory, id, needs) && !ask.health.Barred(id);
    offer.healthy = ask.health.Usable(id);
    AskVerdicts(ask, baseline, &offer, decision);
    offers.push_back(std::move(offer));
  }
  return offers;
}

// Of any model; without a price more than any.
NanoUsd CostOf(const FloorAsk& ask, ModelId model, const Decision& decision) {
  const Candidate priced = Priced(ask.directory, model, decision);
  return priced.priced ? priced.expected_cost : NanoUsd{std::numeric_limits<int64_t>::max()};
}

// Only what could answer for less than the baseline is worth being asked besides: where it would go
// before `taken`, to learn whether it may; else to learn how well it would do in the place of that.
void MarkProbes(const FloorAsk& ask, std::span<const Offer> offers, const FloorPick& pick,
                ModelId taken, Decision* decision) {
  if (decision->measurable.empty()) return;
  const NanoUsd answers = CostOf(ask, taken, *decision);
  const NanoUsd most = std::max(answers, CostOf(ask, ask.route.baseline, *decision));
  for (Measurable& entry : decision->measurable) {
    const auto& measured = ask.route.quality->measured[static_cast<size_t>(entry.index)];
    const Offer* offer = OfferOf(offers, measured.model);
    const bool keeps = KeepsFloor(*offer, pick);
    entry.own = offer->cost < answers || (offer->cost == answers && !keeps);
    const bool worth = entry.own ? !keeps : offer->cost < most;
    entry.probe = offer->fits && offer->healthy && worth;
  }
}

// While the floor is not in force: tiers, or the baseline.
Choice Unproven(const FloorAsk& ask, std::span<const Offer> offers) {
  const Verdict& verdict = ask.verdict;
  if (verdict.ranked && ask.route.floor->baseline_until_proven) {
    Choice choice = OfModel(ask.route, ask.route.baseline, "floor:unproven");
    choice.score = verdict.score;
    return choice;
  }
  Choice choice = ByVerdict(ask.route, verdict);
  if (verdict.ranked) choice.reason = "floor:unproven";
  choice.score = verdict.score;
  const auto trusted = [&](int tier) {
    const ModelId model = ask.route.tiers[static_cast<size_t>(tier)].model;
    const Offer* offer = OfferOf(offers, model);
    return offer == nullptr || offer->trusted != false;
  };
  HandUp(ask.route, trusted, &choice);
  return choice;
}

}  // namespace

Choice ChooseByFloor(const FloorAsk& ask, Turn* turn, Decision* decision) {
  const catalog::Floor& floor = *ask.route.floor;
  const Chance baseline = *ChanceOf(*decision, ask.route.baseline);
  const std::vector<Offer> offers = OffersOf(ask, baseline, decision);
  FloorPick pick;
  if (ask.verdict.ranked) pick = PickByFloor(floor.share, baseline, offers);
  decision->floor = {floor.share, pick.taken.has_value(), pick.threshold};
  if (!pick.taken) {
    Choice choice = Unproven(ask, offers);
    MarkProbes(ask, offers, pick, choice.preferred, decision);
    const bool to_baseline = ask.verdict.ranked && floor.baseline_until_proven;
    return turn == nullptr || to_baseline ? choice : turn->Weigh(std::move(choice));
  }
  const Offer& taken = offers[*pick.taken];
  MarkProbes(ask, offers, pick, taken.model, decision);
  Choice choice{taken.model, -1, pick.kept ? "floor" : "floor:unmet", ask.verdict.score};
  choice.others = WhyNot(pick, offers);
  if (turn == nullptr) return choice;
  const Offer* known = OfferOf(offers, turn->known_model());
  const bool stays = known != nullptr && KeepsFloor(*known, pick);
  // A model that does not keep the floor is left whatever its prompt cache is worth.
  if (!stays && turn->known_model() != catalog::kNoModel) return choice;
  return turn->Weigh(std::move(choice));
}

}  // namespace weir::route
