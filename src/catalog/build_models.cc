#include <fmt/format.h>

#include "catalog/builder.h"

namespace weir::catalog {
namespace {

constexpr config::milliseconds kReasoningFirstByte{600'000};
constexpr config::milliseconds kReasoningPause{300'000};

// A model that thinks before it speaks is silent for minutes; what the provider sets stays.
config::Timeouts TimeoutsOf(const Provider& provider, const config::ProviderSettings& settings,
                            bool reasoning) {
  config::Timeouts timeouts = provider.timeouts;
  if (!reasoning) return timeouts;
  timeouts.first_byte = settings.first_byte.value_or(kReasoningFirstByte);
  timeouts.first_token = settings.first_token.value_or(kReasoningPause);
  timeouts.idle = settings.idle.value_or(kReasoningPause);
  return timeouts;
}

bool Reasons(CapabilitySet set) {
  return (set & Bit(Capability::kReasoning)) != 0;
}

}  // namespace

Result<ProviderId> DirectoryBuilder::ProviderNamed(const config::Name& name) const {
  auto found = provider_ids_.find(name.text);
  if (found != provider_ids_.end()) return found->second;
  std::string why = fmt::format("unknown provider `{}`", name.text);
  if (from_.catalog.FindVendor(name.text) != nullptr) {
    why += "; the catalog knows it: " + AddItHint(name.text);
  } else {
    std::vector<std::string_view> names;
    for (const auto& [provider, id] : provider_ids_) names.push_back(provider);
    why += Suggestion(DidYouMean(name.text, names));
  }
  return At(name.mark, why);
}

Result<ProviderId> DirectoryBuilder::ProviderByCatalog(const config::Name& model) const {
  std::vector<const BuiltinModel*> offers;
  for (const Provider& provider : made_.providers_) {
    const BuiltinModel* offer = from_.catalog.FindModel(provider.name, model.text);
    if (offer != nullptr) offers.push_back(offer);
  }
  auto preference = [&](const BuiltinModel* offer) {
    bool reseller = from_.catalog.FindVendor(offer->vendor)->reseller;
    bool unusable = made_.provider(provider_ids_.find(offer->vendor)->second).key_missing;
    return std::tuple(unusable, reseller, BlendedPrice(offer->prices));
  };
  auto best = std::min_element(offers.begin(), offers.end(),
                               [&](auto* a, auto* b) { return preference(a) < preference(b); });
  if (best != offers.end()) return provider_ids_.find((*best)->vendor)->second;
  const BuiltinModel* known = from_.catalog.FindAny(model.text);
  return At(model.mark,
            known == nullptr
                ? fmt::format("model `{}` needs `provider`: no configured one is known to have it",
                              model.text)
                : fmt::format("model `{}` needs `provider`; {} has it: {}", model.text,
                              known->vendor, AddItHint(known->vendor)));
}

// "p/m" with a configured provider p is m at p; any other name is an alias as a whole, which lets
// `deepseek/deepseek-chat: {provider: openrouter}` name a reseller's model.
Result<DirectoryBuilder::Placement> DirectoryBuilder::Place(
    const config::ModelSettings& settings) const {
  const config::Name& name = settings.name;
  Placement place;
  place.alias = name.text;
  size_t slash = name.text.find('/');
  std::string prefix = slash == std::string::npos ? "" : name.text.substr(0, slash);
  bool at_provider = provider_ids_.contains(prefix);
  if (slash != std::string::npos && (at_provider || settings.providers.empty())) {
    WEIR_TRY(ProviderId provider, ProviderNamed({prefix, name.mark}));
    for (const config::Name& said : settings.providers) {
      if (said.text == prefix) continue;
      return At(said.mark,
                fmt::format("`{0}` already names the provider {1}; write `{2}/{0}` for that "
                            "model at {2}",
                            name.text, prefix, said.text));
    }
    place.alias = name.text.substr(slash + 1);
    place.bare = false;
    place.providers.push_back(provider);
    if (place.alias.empty()) return At(name.mark, "a model's name is missing after the `/`");
    return place;
  }
  for (const config::Name& said : settings.providers) {
    WEIR_TRY(ProviderId provider, ProviderNamed(said));
    place.providers.push_back(provider);
  }
  if (!place.providers.empty()) return place;
  WEIR_TRY(ProviderId provider, ProviderByCatalog(name));
  place.providers.push_back(provider);
  return place;
}

Result<void> DirectoryBuilder::FillFacts(const config::ModelSettings& settings,
                                         Model* model) const {
  const std::string& provider = made_.provider(model->provider).name;
  const BuiltinModel* known = from_.catalog.FindModel(provider, model->upstream);
  if (known == nullptr) known = from_.catalog.FindModel(provider, model->alias);
  if (settings.price) {
    model->prices = MakePrices(*settings.price, "config", "");
  } else if (known != nullptr && known->prices) {
    model->prices = known->prices;
  } else {
    model->prices = made_.provider(model->provider).prices;
  }
  model->context = settings.context.value_or(known == nullptr ? 0 : known->context);
  model->max_output = settings.max_output.value_or(known == nullptr ? 0 : known->max_output);
  model->rank = known == nullptr ? 0 : known->rank;
  CapabilitySet said = 0;
  for (const config::Name& word : settings.capabilities.value_or(std::vector<config::Name>())) {
    std::optional<Capability> capability = CapabilityByName(word.text);
    if (!capability) {
      return At(word.mark, fmt::format("unknown capability `{}`: known are {}", word.text,
                                       CapabilityNames(0xffff)));
    }
    said |= Bit(*capability);
  }
  if (settings.capabilities) said = WithChat(said);
  if (!settings.capabilities && known != nullptr) said = known->capabilities;
  model->capabilities = said == 0 ? kAssumedCapabilities : said;
  model->timeouts =
      TimeoutsOf(made_.provider(model->provider), SettingsOf(model->provider), Reasons(said));
  return {};
}

ModelId DirectoryBuilder::AddModel(Model model) {
  model.id = static_cast<ModelId>(made_.models_.size());
  made_.model_names_.emplace(model.name, model.id);
  made_.models_.push_back(std::move(model));
  return made_.models_.back().id;
}

Result<void> DirectoryBuilder::AddDeclared(const config::ModelSettings& settings) {
  WEIR_TRY(Placement place, Place(settings));
  std::vector<ModelId> group;
  for (ProviderId provider : place.providers) {
    Model model;
    model.provider = provider;
    model.alias = place.alias;
    model.name = fmt::format("{}/{}", made_.provider(provider).name, place.alias);
    model.upstream = settings.upstream.empty() ? place.alias : settings.upstream;
    model.declared = true;
    ModelId twice = made_.FindModel(model.name);
    if (twice != kNoModel) {
      return At(settings.name.mark, fmt::format("model `{}` is already declared in line {}",
                                                model.name, declared_lines_[twice]));
    }
    WEIR_CHECK_OK(FillFacts(settings, &model));
    group.push_back(AddModel(std::move(model)));
    declared_lines_.push_back(settings.name.mark.line);
  }
  for (ModelId id : group) {
    std::copy_if(group.begin(), group.end(), std::back_inserter(made_.models_[id].twins),
                 [&](ModelId other) { return other != id; });
  }
  if (place.bare) configured_aliases_.emplace(place.alias, group.front());
  return {};
}

void DirectoryBuilder::AddFromCatalog(const Provider& provider) {
  const config::ProviderSettings& settings = SettingsOf(provider.id);
  for (const BuiltinModel& known : from_.catalog.models) {
    if (known.vendor != provider.name || made_.FindModel(known.name) != kNoModel) continue;
    Model model;
    model.provider = provider.id;
    model.name = known.name;
    model.alias = known.alias;
    model.upstream = known.alias;
    model.prices = known.prices ? known.prices : provider.prices;
    model.context = known.context;
    model.max_output = known.max_output;
    model.capabilities = known.capabilities;
    model.rank = known.rank;
    model.timeouts = TimeoutsOf(provider, settings, Reasons(known.capabilities));
    AddModel(std::move(model));
  }
}

// A local engine serves what it serves: a chain or route may name it without a row under `models`.
Result<void> DirectoryBuilder::AddServed() {
  std::vector<const config::Name*> names;
  for (const config::FallbackSettings& settings : from_.settings.fallbacks) {
    names.push_back(&settings.model);
    for (const config::Name& next : settings.chain) names.push_back(&next);
  }
  for (const config::RouteSettings& route : from_.settings.routes) {
    for (const auto& [tier, model] : route.tiers) names.push_back(&model);
    for (const config::Name& model : route.models) names.push_back(&model);
    if (route.model) names.push_back(&*route.model);
    if (route.baseline) names.push_back(&*route.baseline);
    for (const config::RuleSettings& rule : route.rules) {
      if (rule.model) names.push_back(&*rule.model);
    }
  }
  for (const config::Name* name : names) {
    const std::optional<ProviderId> provider = made_.FindOpenProvider(name->text);
    if (!provider || !made_.provider(*provider).prices) continue;
    Model model;
    model.provider = *provider;
    model.name = name->text;
    model.alias = name->text.substr(name->text.find('/') + 1);
    model.upstream = model.alias;
    model.declared = true;
    WEIR_CHECK_OK(FillFacts({}, &model));
    AddModel(std::move(model));
  }
  return {};
}

Result<void> DirectoryBuilder::AddModels() {
  for (const config::ModelSettings& settings : from_.settings.models) {
    WEIR_CHECK_OK(AddDeclared(settings));
  }
  for (const Provider& provider : made_.providers_) AddFromCatalog(provider);
  WEIR_CHECK_OK(AddServed());
  return CheckSimulated();
}

// A name that no model has on the wire would never be looked up: it is a slip of the pen.
Result<void> DirectoryBuilder::CheckSimulated() const {
  std::vector<std::vector<std::string_view>> upstreams(made_.providers_.size());
  for (const Model& model : made_.models_) {
    const Provider& provider = made_.provider(model.provider);
    if (!provider.simulator.models.empty()) upstreams[provider.id].push_back(model.upstream);
  }
  for (const Provider& provider : made_.providers_) {
    if (provider.allow_unknown) continue;
    std::vector<std::string_view>& known = upstreams[provider.id];
    std::sort(known.begin(), known.end());
    for (const auto& [name, settings] : provider.simulator.models) {
      if (std::binary_search(known.begin(), known.end(), name)) continue;
      return At(settings.mark,
                fmt::format("no model of provider `{}` is called `{}` there{}", provider.name, name,
                            Suggestion(DidYouMean(name, known))));
    }
  }
  return {};
}

}  // namespace weir::catalog
