#include "catalog/tiers.h"

#include <algorithm>
#include <cmath>

namespace weir::catalog {
namespace {

// Of the baseline's price: judgement, about the step between a vendor's sizes.
constexpr double kMediumPrice = 0.25;

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

std::vector<Tier> TiersOf(const std::vector<ModelId>& models, ModelId baseline,
                          const Directory& directory) {
  const auto price = [&](ModelId id) {
    return static_cast<double>(BlendedPrice(directory.model(id).prices));
  };
  const double middle = std::log1p(price(baseline) * kMediumPrice);
  const auto off = [&](ModelId id) { return std::fabs(std::log1p(price(id)) - middle); };
  const auto dearest = std::ranges::find(models, baseline) != models.end()
                           ? baseline
                           : *std::ranges::max_element(models, {}, price);
  return {{std::string(kCanonicalTiers[0]), *std::ranges::min_element(models, {}, price)},
          {std::string(kCanonicalTiers[1]), *std::ranges::min_element(models, {}, off)},
          {std::string(kCanonicalTiers[2]), dearest}};
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
