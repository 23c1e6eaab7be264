// The tiers of a route, completed: a classifier may answer any canonical tier.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "catalog/directory.h"

namespace weir::catalog {

// Cheap to dear.
inline constexpr std::array<std::string_view, 3> kCanonicalTiers = {"simple", "medium", "complex"};

// nullopt for names of the user's own.
std::optional<size_t> CanonicalRank(std::string_view tier);

// Adds the canonical tiers that are missing, each with the model of the nearest dearer tier, else
// of the nearest cheaper one. Among tiers of the user's own, which stand cheap to dear, `simple`
// takes the first, `complex` the last and `medium` the middle one (the dearer of two). `tiers` is
// not empty and its canonical members stand in their order.
std::vector<Tier> CompleteTiers(const std::vector<Tier>& tiers);

// The canonical tiers of priced models: simple is the cheapest; complex the baseline where it is
// one of them, else the dearest; medium the one nearest to a quarter of the baseline's price. Each
// is the best by a measure of its own, so one more model changes only the tiers that it takes. Of
// equals the first: names decide nothing.
std::vector<Tier> TiersOf(const std::vector<ModelId>& models, ModelId baseline,
                          const Directory& directory);

}  // namespace weir::catalog
