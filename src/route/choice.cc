#include "route/choice.h"

#include <algorithm>

namespace weir::route {

using catalog::ModelId;
using catalog::Route;

Choice OfTier(const Route& route, int tier, ShelvedString reason) {
  const auto count = static_cast<double>(route.tiers.size());
  return {route.tiers[static_cast<size_t>(tier)].model, tier, std::move(reason),
          (tier + 0.5) / count};
}

Choice OfModel(const Route& route, ModelId model, ShelvedString reason) {
  const auto found = std::ranges::find(route.tiers, model, &catalog::Tier::model);
  if (found == route.tiers.end()) return {model, -1, std::move(reason)};
  return OfTier(route, static_cast<int>(found - route.tiers.begin()), std::move(reason));
}

Choice DefaultOf(const Route& route) {
  if (route.single != catalog::kNoModel) return {route.single, -1, "default"};
  return OfTier(route, route.default_tier, "default");
}

Choice EmbeddingsOf(const Route& route, const catalog::Directory& directory) {
  const auto embeds = [&](ModelId id) {
    return (directory.model(id).capabilities & Bit(catalog::Capability::kEmbeddings)) != 0;
  };
  Choice choice = DefaultOf(route);
  if (embeds(choice.preferred)) return choice;
  const auto found = std::ranges::find_if(route.tiers, embeds, &catalog::Tier::model);
  return found == route.tiers.end() ? choice : OfModel(route, found->model, "default");
}

Choice ByVerdict(const catalog::Route& route, const Verdict& verdict) {
  int tier = verdict.ranked ? route.TierOfShare(verdict.score) : -1;
  if (!verdict.tier.empty()) tier = route.TierIndex(verdict.tier);
  if (tier < 0) {
    Choice choice = DefaultOf(route);
    if (!verdict.reason.empty()) choice.reason = verdict.reason;
    return choice;
  }
  return {route.tiers[static_cast<size_t>(tier)].model, tier, ShelvedString(verdict.reason),
          verdict.score};
}

}  // namespace weir::route
