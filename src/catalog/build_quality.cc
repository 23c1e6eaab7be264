#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/builder.h"

namespace weir::catalog {
namespace {

constexpr double kUsualFloor = 0.95;

}  // namespace

Result<void> DirectoryBuilder::FillQuality(const config::RouteSettings& settings, Route* route) {
  if (!settings.quality) return {};
  const config::QualitySettings& from = *settings.quality;
  Quality& quality = route->quality.emplace();
  quality.sample = from.sample;
  quality.budget = from.budget;
  quality.act = from.act;
  quality.floor = from.floor.value_or(route->floor ? route->floor->share : kUsualFloor);
  WEIR_TRY(quality.judge, ChattingModel(*from.judge));
  if (!made_.model(quality.judge).prices) {
    return At(from.judge->mark, fmt::format("the judge `{}` has no price: what measuring costs is "
                                            "counted; give the model a `price`",
                                            from.judge->text));
  }
  if (route->floor) return FillMeasuredModels(settings, route);
  return FillMeasuredTiers(settings, route);
}

Result<void> DirectoryBuilder::FillMeasuredModels(const config::RouteSettings& settings,
                                                  Route* route) const {
  for (const ModelId model : route->floor->models) {
    if (made_.AreTwins(model, route->baseline)) continue;
    route->quality->measured.push_back({made_.model(model).name, model, -1});
  }
  if (!route->quality->measured.empty()) return {};
  return At(settings.quality->judge->mark,
            fmt::format("route `{}` chooses from its baseline alone: there is nothing to measure",
                        route->name));
}

Result<void> DirectoryBuilder::FillMeasuredTiers(const config::RouteSettings& settings,
                                                 Route* route) const {
  const std::vector<config::Name>& said = settings.quality->tiers;
  std::vector<bool> measured(route->tiers.size(), false);
  for (const config::Name& name : said) {
    const int tier = route->TierIndex(name.text);
    if (tier < 0) {
      std::vector<std::string_view> names;
      for (const Tier& known : route->tiers) names.push_back(known.name);
      return At(name.mark, fmt::format("unknown tier `{}`; this route has {}", name.text,
                                       fmt::join(names, ", ")));
    }
    measured[static_cast<size_t>(tier)] = true;
  }
  if (said.empty()) std::fill_n(measured.begin(), measured.size() - 1, true);
  for (size_t i = 0; i < measured.size(); ++i) {
    const Tier& tier = route->tiers[i];
    if (!measured[i] || tier.model == route->baseline) continue;
    route->quality->measured.push_back({tier.name, tier.model, static_cast<int>(i)});
  }
  return {};
}

}  // namespace weir::catalog
