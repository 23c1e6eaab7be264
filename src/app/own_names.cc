#include "app/own_names.h"

#include "app/loaded.h"

namespace weir::app {

Result<void> NameAsUpstream(const std::string& config, std::vector<learn::Example>* examples) {
  if (config.empty()) return {};
  WEIR_TRY(const Loaded loaded, Load(config));
  NameAsUpstream(loaded.router->directory(), examples);
  return {};
}

void NameAsUpstream(const catalog::Directory& directory, std::vector<learn::Example>* examples) {
  const auto rename = [&](std::string* name) {
    const catalog::ModelId model = directory.FindModel(*name);
    if (model != catalog::kNoModel) *name = directory.model(model).upstream;
  };
  for (learn::Example& example : *examples) {
    rename(&example.model);
    rename(&example.weak_model);
    rename(&example.strong_model);
    for (auto& [name, score] : example.scores) rename(&name);
    for (auto& [name, cost] : example.costs) rename(&name);
  }
}

}  // namespace weir::app
