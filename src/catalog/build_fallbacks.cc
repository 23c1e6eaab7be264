#include <fmt/format.h>

#include "catalog/builder.h"

namespace weir::catalog {
namespace {

bool Contains(const std::vector<ModelId>& ids, ModelId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

Result<void> DirectoryBuilder::AddChain(const config::FallbackSettings& settings, ModelId model) {
  std::vector<ModelId> chain;
  for (const config::Name& name : settings.chain) {
    WEIR_TRY(ModelId next, ModelNamed(name));
    if (next == model) {
      return At(name.mark, fmt::format("`{}` is its own fallback", settings.model.text));
    }
    if (Contains(made_.model(model).twins, next)) {
      return At(name.mark, fmt::format("`{}` is already tried: `providers` of {} names it",
                                       name.text, settings.model.text));
    }
    if (Contains(chain, next)) {
      return At(name.mark, fmt::format("`{}` stands in this chain already, as {}", name.text,
                                       made_.model(next).name));
    }
    chain.push_back(next);
  }
  bool by_alias = made_.model(model).name != settings.model.text;
  made_.models_[model].fallbacks = chain;
  if (!by_alias) return {};
  for (ModelId twin : made_.model(model).twins) made_.models_[twin].fallbacks = chain;
  return {};
}

Result<void> DirectoryBuilder::AddFallbacks() {
  std::map<ModelId, const config::Name*> seen;
  for (const config::FallbackSettings& settings : from_.settings.fallbacks) {
    WEIR_TRY(ModelId model, ModelNamed(settings.model));
    auto [first, is_new] = seen.emplace(model, &settings.model);
    if (!is_new) {
      return At(
          settings.model.mark,
          fmt::format("the fallbacks of {} already stand in line {}, as `{}`",
                      made_.model(model).name, first->second->mark.line, first->second->text));
    }
    WEIR_CHECK_OK(AddChain(settings, model));
  }
  return {};
}

}  // namespace weir::catalog
