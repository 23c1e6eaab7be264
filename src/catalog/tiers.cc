#include "catalog/tiers.h"

namespace weir::catalog {
namespace {

// Where a missing tier takes its model from, and on which side of that one it stands.
struct Source {
  size_t index;
  bool before;
};

Source SourceOf(const std::vector<Tier>& tiers, size_t rank) {
  size_t begin = 0;           // after the nearest cheaper canonical tier
  size_t end = tiers.size();  // the nearest dearer one
  for (size_t i = 0; i < tiers.size(); ++i) {
    std::optional<size_t> other = CanonicalRank(tiers[i].name);
    if (other && *other < rank) begin = i + 1;
    if (other && *other > rank) end = std::min(end, i);
  }
  if (begin == end) return end < tiers.size() ? Source{end, true} : Source{begin - 1, false};
  const size_t own[] = {begin, begin + (end - begin) / 2, end - 1};
  return {own[rank], true};
}

}  // namespace

std::optional<size_t> CanonicalRank(std::string_view tier) {
  auto found = std::find(kCanonicalTiers.begin(), kCanonicalTiers.end(), tier);
  if (found == kCanonicalTiers.end()) return std::nullopt;
  return static_cast<size_t>(found - kCanonicalTiers.begin());
}

std::vector<Tier> CompleteTiers(const std::vector<Tier>& tiers) {
  std::vector<std::pair<Source, Tier>> added;
  for (size_t rank = 0; rank < kCanonicalTiers.size(); ++rank) {
    std::string name(kCanonicalTiers[rank]);
    if (std::any_of(tiers.begin(), tiers.end(), [&](const Tier& t) { return t.name == name; }))
      continue;
    Source source = SourceOf(tiers, rank);
    added.push_back({source, {name, tiers[source.index].model}});
  }
  std::vector<Tier> complete;
  for (size_t i = 0; i < tiers.size(); ++i) {
    for (const auto& [source, tier] : added) {
      if (source.index == i && source.before) complete.push_back(tier);
    }
    complete.push_back(tiers[i]);
    for (const auto& [source, tier] : added) {
      if (source.index == i && !source.before) complete.push_back(tier);
    }
  }
  return complete;
}

}  // namespace weir::catalog
