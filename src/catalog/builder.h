// Makes a Directory out of Settings and a catalog, step by step: providers, models, aliases,
// fallbacks, routes; each step in its own file. Later steps look up what earlier ones made.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/builtin.h"
#include "catalog/directory.h"

namespace weir::catalog {

class DirectoryBuilder {
 public:
  struct Sources {
    const config::Settings& settings;
    const BuiltinCatalog& catalog;
    const config::Environment& env;
    std::span<const std::string_view> dialects;
    std::span<const std::string_view> classifiers;
  };
  // The sources outlive the builder.
  explicit DirectoryBuilder(const Sources& sources) : from_(sources) {}
  Result<Directory> Build();

 private:
  // What a model's own row says about where it runs.
  struct Placement {
    std::string alias;
    std::vector<ProviderId> providers;
    bool bare = true;  // its name in the config is the alias
  };

  Result<void> AddProviders();
  Result<Provider> MakeProvider(const config::ProviderSettings& settings) const;
  Result<std::string> DialectOf(const config::ProviderSettings& settings,
                                const Vendor* vendor) const;
  Result<void> FillUpstream(const config::ProviderSettings& settings, const Vendor* vendor,
                            Provider* provider) const;
  Result<void> FillKeys(const config::ProviderSettings& settings, const Vendor* vendor,
                        Provider* provider) const;
  static void FillManner(const config::ProviderSettings& settings, const Vendor* vendor,
                         Provider* provider);
  void WarnAboutOwnAddress(const config::ProviderSettings& settings, const Provider& provider);

  Result<void> AddModels();
  Result<void> CheckSimulated() const;
  Result<void> AddDeclared(const config::ModelSettings& settings);
  Result<Placement> Place(const config::ModelSettings& settings) const;
  Result<ProviderId> ProviderByCatalog(const config::Name& model) const;
  Result<ProviderId> ProviderNamed(const config::Name& name) const;
  Result<void> FillFacts(const config::ModelSettings& settings, Model* model) const;
  void AddFromCatalog(const Provider& provider);
  Result<void> AddServed();
  ModelId AddModel(Model model);

  void NameAliases();
  ModelId ChooseForAlias(const std::vector<ModelId>& candidates, std::string_view* reason) const;
  bool IsOwn(ModelId id) const;

  Result<void> AddFallbacks();
  Result<void> AddChain(const config::FallbackSettings& settings, ModelId model);

  // What needs no other section: no error of another one hides it.
  Result<void> CheckRoutes() const;
  Result<void> AddRoutes();
  Result<Route> MakeRoute(const config::RouteSettings& settings);
  Result<void> CheckClassifier(const config::RouteSettings& settings) const;
  Result<void> FillTiers(const config::RouteSettings& settings, Route* route);
  Result<void> FillShares(const config::RouteSettings& settings, Route* route);
  Result<void> FillBaseline(const config::RouteSettings& settings, Route* route) const;
  Result<void> FillRules(const config::RouteSettings& settings, Route* route) const;
  Result<void> AddExperiments();
  Result<void> FillQuality(const config::RouteSettings& settings, Route* route);
  Result<void> FillMeasuredModels(const config::RouteSettings& settings, Route* route) const;
  Result<void> FillMeasuredTiers(const config::RouteSettings& settings, Route* route) const;
  Result<void> FillFloor(const config::RouteSettings& settings, Route* route);
  Result<ModelId> ChattingModel(const config::Name& name);
  void WarnAboutTiers(const config::RouteSettings& settings);
  void WarnAboutKey(const config::Name& name, ModelId id);

  // "add `openai: {keys: […]}` to providers", as that vendor needs it.
  std::string AddItHint(std::string_view vendor) const;
  Error At(config::Mark mark, std::string_view message) const;
  // A model that the config names somewhere; the error says where it could come from.
  Result<ModelId> ModelNamed(const config::Name& name) const;
  const config::ProviderSettings& SettingsOf(ProviderId id) const {
    return from_.settings.providers[id];
  }

  Sources from_;
  Directory made_;
  std::map<std::string, ProviderId, std::less<>> provider_ids_;
  std::map<std::string, ModelId, std::less<>> configured_aliases_;
  std::vector<int> declared_lines_;  // by ModelId
};

}  // namespace weir::catalog
