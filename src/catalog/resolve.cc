#include <fmt/format.h>

#include "catalog/builder.h"

namespace weir::catalog {

Error DirectoryBuilder::At(config::Mark mark, std::string_view message) const {
  return config::ErrorAt(from_.settings.file, mark, message);
}

std::string DirectoryBuilder::AddItHint(std::string_view vendor) const {
  const Vendor* known = from_.catalog.FindVendor(vendor);
  const std::string_view needs = known->local                   ? ""
                                 : known->base_url.host.empty() ? "base_url: …, keys: […]"
                                                                : "keys: […]";
  return fmt::format("add `{}: {{{}}}` to providers", vendor, needs);
}

Result<ModelId> DirectoryBuilder::ModelNamed(const config::Name& name) const {
  ModelId id = made_.FindModel(name.text);
  if (id != kNoModel) return id;
  std::string why = fmt::format("unknown model `{}`", name.text);
  for (const config::RouteSettings& route : from_.settings.routes) {
    if (route.name.text == name.text) why = fmt::format("`{}` is a route, not a model", name.text);
  }
  const BuiltinModel* known = from_.catalog.FindAny(name.text);
  std::string_view near = made_.Nearest(name.text);
  if (known != nullptr && !provider_ids_.contains(known->vendor)) {
    why += fmt::format("; {} has it: {}", known->vendor, AddItHint(known->vendor));
  } else if (!near.empty() && near != name.text) {
    why += Suggestion(near);
  }
  return At(name.mark, why);
}

Result<Directory> DirectoryBuilder::Build() {
  WEIR_CHECK_OK(CheckRoutes());
  WEIR_CHECK_OK(AddProviders());
  WEIR_CHECK_OK(AddModels());
  NameAliases();
  WEIR_CHECK_OK(AddFallbacks());
  WEIR_CHECK_OK(AddRoutes());
  return std::move(made_);
}

Result<Directory> Resolve(const config::Settings& settings, const config::Environment& env,
                          std::span<const std::string_view> dialects,
                          std::span<const std::string_view> classifiers) {
  WEIR_TRY(const BuiltinCatalog catalog, CatalogOf(settings));
  return DirectoryBuilder({settings, catalog, env, dialects, classifiers}).Build();
}

}  // namespace weir::catalog
