#include <fmt/format.h>

#include "catalog/builder.h"

namespace weir::catalog {

// Once all routes are there: an arm may name a later one.
Result<void> DirectoryBuilder::AddExperiments() {
  for (size_t i = 0; i < from_.settings.routes.size(); ++i) {
    const config::RouteSettings& settings = from_.settings.routes[i];
    if (!settings.experiment) continue;
    Experiment& experiment = made_.routes_[i].experiment.emplace();
    experiment.name = settings.experiment->name.text;
    experiment.by = settings.experiment->by;
    double said = 0;
    size_t silent = 0;
    for (const config::ArmSettings& arm : settings.experiment->arms) {
      said += arm.share.value_or(0);
      silent += arm.share ? 0 : 1;
    }
    double until = 0;
    for (const config::ArmSettings& arm : settings.experiment->arms) {
      const Route* route = arm.route ? made_.FindRoute(arm.route->text) : &made_.routes_[i];
      if (route == nullptr) {
        return At(arm.route->mark, fmt::format("there is no route `{}`{}", arm.route->text,
                                               Suggestion(made_.Nearest(arm.route->text))));
      }
      const bool nested = route->id != made_.routes_[i].id &&
                          from_.settings.routes[route->id].experiment.has_value();
      if (nested) {
        return At(arm.route->mark,
                  fmt::format("`{}` has an experiment of its own", arm.route->text));
      }
      until += arm.share.value_or((1 - said) / static_cast<double>(std::max<size_t>(silent, 1)));
      experiment.arms.push_back({arm.name.text, route->id, until});
    }
    if (until < 1 - 1e-9) {
      return At(settings.experiment->name.mark, "the arms' shares are less than 100 % together");
    }
    experiment.arms.back().until = 1;
  }
  return {};
}

}  // namespace weir::catalog
