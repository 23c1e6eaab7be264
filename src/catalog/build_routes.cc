#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/builder.h"
#include "catalog/tiers.h"

namespace weir::catalog {
namespace {

// Classifiers of the plan: refused by name until their row is wired.
constexpr std::string_view kPlannedClassifiers[] = {"learned", "rules"};
// Of the canonical tiers, where a route does not say.
constexpr double kUsualShares[] = {0.6, 0.3, 0.1};

std::string UnknownTier(std::string_view wrong, const std::vector<Tier>& tiers) {
  std::vector<std::string_view> names;
  for (const Tier& tier : tiers) names.push_back(tier.name);
  std::string_view near = DidYouMean(wrong, names);
  return fmt::format("unknown tier `{}`; {}", wrong,
                     near.empty() ? fmt::format("this route has {}", fmt::join(names, ", "))
                                  : Suggestion(near, ""));
}

// The classifier that knows models, and a floor's unless the file says another.
constexpr std::string_view kOfFloors = "learned";

config::Name ClassifierOf(const config::RouteSettings& settings) {
  const bool said = settings.classifier.mark.line > 0;
  if (settings.models.empty() || said) return settings.classifier;
  return {std::string(kOfFloors), settings.name.mark};
}

// Only canonical tiers may be written in any order: their names say it. False when others stand
// among them and the canonical ones are not cheap to dear.
bool PutInOrder(std::vector<Tier>* tiers) {
  auto cheaper = [](const Tier& a, const Tier& b) {
    return CanonicalRank(a.name) < CanonicalRank(b.name);
  };
  std::vector<Tier> canonical;
  std::copy_if(tiers->begin(), tiers->end(), std::back_inserter(canonical),
               [](const Tier& tier) { return CanonicalRank(tier.name).has_value(); });
  if (canonical.size() < tiers->size()) {
    return std::is_sorted(canonical.begin(), canonical.end(), cheaper);
  }
  std::sort(tiers->begin(), tiers->end(), cheaper);
  return true;
}

}  // namespace

Result<void> DirectoryBuilder::CheckClassifier(const config::RouteSettings& settings) const {
  const config::Name name = ClassifierOf(settings);
  if (!settings.models.empty() && name.text != kOfFloors) {
    return At(name.mark, fmt::format("a `floor` needs `classifier: {}`: `{}` knows nothing of how "
                                     "well models answer",
                                     kOfFloors, name.text));
  }
  auto known = [&](std::string_view other) { return other == name.text; };
  if (std::any_of(from_.classifiers.begin(), from_.classifiers.end(), known)) return {};
  return config::NotBuiltAt(from_.settings.file, "classifier", name, from_.classifiers,
                            kPlannedClassifiers);
}

Result<void> DirectoryBuilder::CheckRoutes() const {
  for (const config::RouteSettings& settings : from_.settings.routes) {
    if (settings.model) continue;
    WEIR_CHECK_OK(CheckClassifier(settings));
    if (!settings.tiers.empty() || !settings.models.empty()) continue;
    return At(settings.name.mark,
              fmt::format("route `{}` needs `tiers`, `model`, or `models` with a `floor`",
                          settings.name.text));
  }
  return {};
}

void DirectoryBuilder::WarnAboutKey(const config::Name& name, ModelId id) {
  const Provider& provider = made_.provider_of(id);
  if (!provider.key_missing) return;
  made_.warnings_.push_back(At(name.mark, fmt::format("`{}` cannot be used: {} is not set",
                                                      made_.model(id).name, provider.key_env))
                                .message);
}

// A tier of the user's own may stand among canonical ones, but a mistyped one looks the same.
void DirectoryBuilder::WarnAboutTiers(const config::RouteSettings& settings) {
  std::vector<std::string_view> absent(kCanonicalTiers.begin(), kCanonicalTiers.end());
  for (const auto& [tier, model] : settings.tiers) std::erase(absent, tier.text);
  const bool mixed = absent.size() < kCanonicalTiers.size();
  for (const auto& [tier, model] : settings.tiers) {
    auto names = [&text = tier.text](const config::RuleSettings& rule) {
      return rule.tier && rule.tier->text == text;
    };
    if (CanonicalRank(tier.text) || tier.text == settings.default_tier ||
        std::any_of(settings.rules.begin(), settings.rules.end(), names)) {
      continue;
    }
    std::string_view near = DidYouMean(tier.text, absent);
    if (near.empty() && !mixed) continue;
    made_.warnings_.push_back(
        At(tier.mark, fmt::format("no rule names the tier `{}`, and classifiers answer {}{}",
                                  tier.text, fmt::join(kCanonicalTiers, ", "), Suggestion(near)))
            .message);
  }
}

Result<ModelId> DirectoryBuilder::ChattingModel(const config::Name& name) {
  WEIR_TRY(const ModelId model, ModelNamed(name));
  if ((made_.model(model).capabilities & Bit(Capability::kChat)) == 0) {
    return At(name.mark, fmt::format("`{}` cannot chat (it has: {})", name.text,
                                     CapabilityNames(made_.model(model).capabilities)));
  }
  WarnAboutKey(name, model);
  return model;
}

Result<void> DirectoryBuilder::FillFloor(const config::RouteSettings& settings, Route* route) {
  Floor& floor = route->floor.emplace();
  floor.share = settings.floor;
  floor.baseline_until_proven =
      settings.until_proven == config::RouteSettings::UntilProven::kBaseline;
  for (const config::Name& name : settings.models) {
    WEIR_TRY(const ModelId model, ChattingModel(name));
    if (!made_.model(model).prices) {
      return At(name.mark, fmt::format("`{}` has no price: a floor takes the cheapest model that "
                                       "keeps it; give the model a `price`",
                                       name.text));
    }
    if (std::ranges::find(floor.models, model) != floor.models.end()) {
      return At(name.mark, fmt::format("`{}` is {}, which stands here already", name.text,
                                       made_.model(model).name));
    }
    floor.models.push_back(model);
  }
  route->tiers = TiersOf(floor.models, route->baseline, made_);
  route->default_tier = route->TierIndex(kCanonicalTiers.back());
  return {};
}

Result<void> DirectoryBuilder::FillTiers(const config::RouteSettings& settings, Route* route) {
  std::vector<Tier> tiers;
  for (const auto& [tier, name] : settings.tiers) {
    WEIR_TRY(const ModelId model, ChattingModel(name));
    tiers.push_back({tier.text, model});
  }
  if (!PutInOrder(&tiers)) {
    return At(settings.name.mark,
              "tiers stand from cheap to dear: simple, medium and complex are not in that order");
  }
  route->tiers = CompleteTiers(tiers);
  route->default_tier = route->TierIndex(settings.default_tier);
  if (route->default_tier >= 0) return {};
  return At(settings.default_tier_mark, UnknownTier(settings.default_tier, route->tiers));
}

Result<void> DirectoryBuilder::FillBaseline(const config::RouteSettings& settings,
                                            Route* route) const {
  if (!settings.baseline) return {};
  WEIR_TRY(route->baseline, ModelNamed(*settings.baseline));
  if (made_.model(route->baseline).prices) return {};
  return At(settings.baseline->mark,
            fmt::format("the baseline `{}` has no price: savings are measured against it; give the "
                        "model a `price`",
                        settings.baseline->text));
}

// Of the canonical tiers; what a route says replaces all of them, the dearest gets what is left.
Result<void> DirectoryBuilder::FillShares(const config::RouteSettings& settings, Route* route) {
  std::vector<double> each(route->tiers.size());
  for (const auto& [tier, share] : settings.shares) {
    const int index = route->TierIndex(tier.text);
    if (index < 0) return At(tier.mark, UnknownTier(tier.text, route->tiers));
    each[static_cast<size_t>(index)] = share;
  }
  if (settings.shares.empty()) {
    for (size_t i = 0; i < each.size(); ++i) {
      const auto rank = CanonicalRank(route->tiers[i].name);
      if (rank) each[i] = kUsualShares[*rank];
    }
  }
  double sum = 0;
  for (const double share : each) route->shares.push_back(std::min(1.0, sum += share));
  if (!settings.shares.empty()) route->shares.back() = 1;
  return {};
}

Result<void> DirectoryBuilder::FillRules(const config::RouteSettings& settings,
                                         Route* route) const {
  route->rules = settings.rules;
  for (const config::RuleSettings& rule : settings.rules) {
    ModelId model = kNoModel;
    int tier = -1;
    if (rule.model) {
      WEIR_TRY(model, ModelNamed(*rule.model));
    } else {
      tier = route->TierIndex(rule.tier->text);
      if (tier < 0) return At(rule.tier->mark, UnknownTier(rule.tier->text, route->tiers));
    }
    route->rule_models.push_back(model);
    route->rule_tiers.push_back(tier);
  }
  return {};
}

Result<Route> DirectoryBuilder::MakeRoute(const config::RouteSettings& settings) {
  Route route;
  route.name = settings.name.text;
  route.deadline = settings.deadline;
  route.cache = settings.cache;
  route.sticky = settings.sticky;
  WEIR_CHECK_OK(FillBaseline(settings, &route));
  if (settings.model) {
    WEIR_TRY(route.single, ModelNamed(*settings.model));
    WarnAboutKey(*settings.model, route.single);
    return route;
  }
  route.classifier = ClassifierOf(settings).text;
  WEIR_CHECK_OK(settings.models.empty() ? FillTiers(settings, &route)
                                        : FillFloor(settings, &route));
  WEIR_CHECK_OK(FillShares(settings, &route));
  WarnAboutTiers(settings);
  WEIR_CHECK_OK(FillRules(settings, &route));
  WEIR_CHECK_OK(FillQuality(settings, &route));
  return route;
}

Result<void> DirectoryBuilder::AddRoutes() {
  for (const config::RouteSettings& settings : from_.settings.routes) {
    ModelId model = made_.FindModel(settings.name.text);
    if (model != kNoModel) {
      return At(settings.name.mark,
                fmt::format("route `{}` has the name of the model {}: a request for "
                            "it could mean either",
                            settings.name.text, made_.model(model).name));
    }
    WEIR_TRY(Route route, MakeRoute(settings));
    route.id = static_cast<RouteId>(made_.routes_.size());
    made_.route_names_.emplace(route.name, route.id);
    made_.routes_.push_back(std::move(route));
  }
  return AddExperiments();
}

}  // namespace weir::catalog
