#include "route/measuring.h"

#include <algorithm>

namespace weir::route {

void HandUpTiers(const catalog::Route& route, const Verdict& verdict, const HealthView& health,
                 Choice* choice, Decision* decision) {
  if (!route.quality) return;
  const int before = choice->tier;
  const auto trusted = [&](int tier) {
    const int measured = route.MeasuredTier(tier);
    if (measured < 0) return true;
    const auto trust = health.TrustIn(route, measured, verdict.score, verdict.task);
    return !trust || trust->may;
  };
  HandUp(route, trusted, choice);
  if (choice->tier == before) return;
  decision->measurable.push_back({route.MeasuredTier(before), verdict.score, false, true});
}

int MeasuredIn(const catalog::Route& route, const catalog::Directory& directory,
               const Decision& decision, catalog::ModelId answered) {
  return route.floor ? route.MeasuredModel(answered, directory)
                     : route.MeasuredTier(route.TierIndex(decision.tier));
}

void AddAnswering(const catalog::Route& route, const catalog::Directory& directory,
                  Decision* decision) {
  if (!route.quality) return;
  const int answering = MeasuredIn(route, directory, *decision, decision->candidates.front().model);
  ShelvedVector<Measurable>& measurable = decision->measurable;
  const auto known = std::ranges::find(measurable, answering, &Measurable::index);
  if (known != measurable.end()) {
    known->answers = true;
    known->probe = false;
    known->own = true;
  } else if (answering >= 0) {
    // What a floor's model lacks is another figure than the score.
    measurable.push_back({answering, route.floor ? -1 : decision->score, true});
  }
  std::erase_if(measurable, [](const Measurable& entry) { return !entry.answers && !entry.probe; });
}

}  // namespace weir::route
