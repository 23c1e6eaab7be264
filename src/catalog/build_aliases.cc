#include "catalog/builder.h"

namespace weir::catalog {

int64_t BlendedPrice(const std::optional<Prices>& prices) {
  if (!prices) return INT64_MAX;
  return 2 * prices->input.femto + prices->output.femto;
}

bool DirectoryBuilder::IsOwn(ModelId id) const {
  const Vendor* vendor = from_.catalog.FindVendor(made_.provider_of(id).name);
  return vendor != nullptr && !vendor->reseller && !vendor->local;
}

ModelId DirectoryBuilder::ChooseForAlias(const std::vector<ModelId>& candidates,
                                         std::string_view* reason) const {
  auto preference = [&](ModelId id) {
    return std::tuple(made_.provider_of(id).key_missing, !IsOwn(id),
                      BlendedPrice(made_.model(id).prices), made_.model(id).provider);
  };
  ModelId best = *std::min_element(candidates.begin(), candidates.end(), [&](ModelId a, ModelId b) {
    return preference(a) < preference(b);
  });
  *reason = IsOwn(best)              ? "the vendor's own"
            : candidates.size() == 1 ? "the only provider"
                                     : "cheapest";
  return best;
}

void DirectoryBuilder::NameAliases() {
  std::map<std::string_view, std::vector<ModelId>> offers;
  for (const Model& model : made_.models_) offers[model.alias].push_back(model.id);
  for (const auto& [alias, candidates] : offers) {
    // A full name means itself: "deepseek/x" sold by a reseller gives way to deepseek's own x.
    if (made_.model_names_.contains(alias)) continue;
    std::string_view reason = "as configured";
    auto configured = configured_aliases_.find(alias);
    ModelId chosen = configured != configured_aliases_.end() ? configured->second
                                                             : ChooseForAlias(candidates, &reason);
    made_.model_names_.emplace(alias, chosen);
    made_.alias_reasons_.emplace(alias, reason);
  }
}

}  // namespace weir::catalog
