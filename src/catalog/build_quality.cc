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
  quality.tiers.assign(route->tiers.size(), false);
  for (const config::Name& name : from.tiers) {
    const int tier = route->TierIndex(name.text);
    if (tier < 0) {
      std::vector<std::string_view> names;
      for (const Tier& known : route->tiers) names.push_back(known.name);
      return At(name.mark, fmt::format("unknown tier `{}`; this route has {}", name.text,
                                       fmt::join(names, ", ")));
    }
    quality.tiers[static_cast<size_t>(tier)] = true;
  }
  if (from.tiers.empty()) std::fill_n(quality.tiers.begin(), quality.tiers.size() - 1, true);
  for (size_t i = 0; i < quality.tiers.size(); ++i) {
    if (route->tiers[i].model == route->baseline) quality.tiers[i] = false;
  }
  return {};
}

}  // namespace weir::catalog
