#include "catalog/directory.h"

namespace weir::catalog {
namespace {

constexpr size_t kLongestGuess = 100;
constexpr size_t kMostGuesses = 2'000;

template <class Map>
auto Find(const Map& map, std::string_view name) -> const typename Map::mapped_type* {
  auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

int Route::TierIndex(std::string_view tier) const {
  auto found =
      std::find_if(tiers.begin(), tiers.end(), [&](const Tier& t) { return t.name == tier; });
  return found == tiers.end() ? -1 : static_cast<int>(found - tiers.begin());
}

int Route::MeasuredTier(int tier) const {
  if (!quality || tier < 0) return -1;
  const auto found = std::ranges::find(quality->measured, tier, &Measured::tier);
  return found == quality->measured.end() ? -1
                                          : static_cast<int>(found - quality->measured.begin());
}

int Route::MeasuredModel(ModelId model, const Directory& directory) const {
  if (!quality || model == kNoModel) return -1;
  const auto found = std::ranges::find_if(quality->measured, [&](const Measured& measured) {
    return measured.tier < 0 && directory.AreTwins(measured.model, model);
  });
  return found == quality->measured.end() ? -1
                                          : static_cast<int>(found - quality->measured.begin());
}

bool Directory::AreTwins(ModelId one, ModelId other) const {
  if (one == other) return true;
  if (one == kNoModel || other == kNoModel) return false;
  const std::vector<ModelId>& twins = models_[one].twins;
  return std::ranges::find(twins, other) != twins.end();
}

int Route::TierOfShare(double share) const {
  const auto above = std::ranges::upper_bound(shares, share);
  if (above != shares.end()) return static_cast<int>(above - shares.begin());
  // Harder than all of it: the dearest that gets any.
  return static_cast<int>(std::ranges::lower_bound(shares, shares.back()) - shares.begin());
}

ModelId Directory::FindModel(std::string_view name) const {
  const ModelId* id = Find(model_names_, name);
  return id == nullptr ? kNoModel : *id;
}

std::optional<ProviderId> Directory::FindOpenProvider(std::string_view name) const {
  size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash + 1 == name.size() || !config::IsName(name) ||
      FindModel(name) != kNoModel) {
    return std::nullopt;
  }
  for (const Provider& provider : providers_) {
    if (provider.name == name.substr(0, slash)) {
      return provider.allow_unknown ? std::optional(provider.id) : std::nullopt;
    }
  }
  return std::nullopt;
}

const Route* Directory::FindRoute(std::string_view name) const {
  const RouteId* id = Find(route_names_, name);
  return id == nullptr ? nullptr : &routes_[*id];
}

std::string_view Directory::AliasReason(std::string_view alias) const {
  const std::string_view* reason = Find(alias_reasons_, alias);
  return reason == nullptr ? std::string_view() : *reason;
}

// A client can ask for this with every request: few candidates, all of about the right length.
std::string_view Directory::Nearest(std::string_view name) const {
  if (name.size() > kLongestGuess) return {};
  std::vector<std::string_view> candidates;
  auto consider = [&](const auto& names) {
    for (const auto& entry : names) {
      size_t longer = std::max(entry.first.size(), name.size());
      size_t shorter = std::min(entry.first.size(), name.size());
      if (longer - shorter > name.size() / 3 + 1) continue;
      if (candidates.size() < kMostGuesses) candidates.push_back(entry.first);
    }
  };
  consider(route_names_);
  consider(model_names_);
  return DidYouMean(name, candidates);
}

}  // namespace weir::catalog
