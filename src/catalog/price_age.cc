#include "catalog/price_age.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace weir::catalog {
namespace {

using std::chrono::sys_days;

constexpr size_t kMostNamed = 3;

struct OldOnes {
  std::vector<std::string_view> models;
  sys_days oldest;
  std::string_view date;  // of that day
};

std::set<ModelId> UsedModels(const Directory& directory) {
  std::set<ModelId> named;
  for (const Route& route : directory.routes()) {
    for (const Tier& tier : route.tiers) named.insert(tier.model);
    named.insert(route.rule_models.begin(), route.rule_models.end());
    if (route.floor) named.insert(route.floor->models.begin(), route.floor->models.end());
    named.insert({route.single, route.baseline});
  }
  for (const Model& model : directory.models()) {
    if (model.declared) named.insert(model.id);
  }
  named.erase(kNoModel);
  std::set<ModelId> used = named;
  for (const ModelId id : named) {
    const Model& model = directory.model(id);
    used.insert(model.twins.begin(), model.twins.end());
    used.insert(model.fallbacks.begin(), model.fallbacks.end());
  }
  return used;
}

std::string Line(const std::string& provider, const OldOnes& old, sys_days today) {
  const size_t shown = std::min(old.models.size(), kMostNamed);
  std::string models =
      fmt::format("{}", fmt::join(old.models.begin(), old.models.begin() + shown, ", "));
  if (old.models.size() > shown) models += fmt::format(" and {} more", old.models.size() - shown);
  return fmt::format(
      "prices of {} are older than {} days: {} ({}, {} days ago); compare them with its price list "
      "and give what holds today under `models`, or in a `catalog` file with its `date`",
      provider, kOldestPrice.count(), models, old.date, (today - old.oldest).count());
}

}  // namespace

std::vector<std::string> OldPrices(const Directory& directory, sys_days today) {
  std::vector<OldOnes> by_provider(directory.providers().size());
  for (const ModelId id : UsedModels(directory)) {
    const Model& model = directory.model(id);
    if (!model.prices) continue;
    const std::optional<sys_days> day = ParseDay(model.prices->date);
    if (!day || today - *day <= kOldestPrice) continue;
    OldOnes& old = by_provider[model.provider];
    if (old.models.empty() || *day < old.oldest) {
      old.oldest = *day;
      old.date = model.prices->date;
    }
    old.models.push_back(model.name);
  }
  std::vector<std::string> lines;
  for (const Provider& provider : directory.providers()) {
    const OldOnes& old = by_provider[provider.id];
    if (!old.models.empty()) lines.push_back(Line(provider.name, old, today));
  }
  return lines;
}

}  // namespace weir::catalog
