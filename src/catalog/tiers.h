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

}  // namespace weir::catalog
