#include <fmt/format.h>

#include "catalog/builtin.h"

namespace weir::catalog {
namespace {

using Models = std::vector<const BuiltinModel*>;

config::Name Called(std::string_view text) {
  return {std::string(text), {}};
}

config::Settings Blank() {
  config::Settings settings;
  settings.file = "(starter)";
  return settings;
}

bool Has(const BuiltinModel* model, Capability capability) {
  return (model->capabilities & Bit(capability)) != 0;
}

// Cheaper first; the stronger one of two equal prices.
bool IsCheaper(const BuiltinModel* a, const BuiltinModel* b) {
  return std::tuple(BlendedPrice(a->prices), -a->rank) <
         std::tuple(BlendedPrice(b->prices), -b->rank);
}

bool IsWeaker(const BuiltinModel* a, const BuiltinModel* b) {
  return std::tuple(a->rank, -BlendedPrice(a->prices)) <
         std::tuple(b->rank, -BlendedPrice(b->prices));
}

Models Usable(const BuiltinCatalog& catalog, const std::vector<config::ProviderSettings>& vendors) {
  Models priced;
  for (const BuiltinModel& model : catalog.models) {
    bool offered = std::any_of(vendors.begin(), vendors.end(), [&](const auto& vendor) {
      return vendor.name.text == model.vendor;
    });
    if (offered && model.prices && Has(&model, Capability::kChat)) priced.push_back(&model);
  }
  Models with_tools;
  std::copy_if(priced.begin(), priced.end(), std::back_inserter(with_tools),
               [](const BuiltinModel* model) { return Has(model, Capability::kTools); });
  return with_tools.empty() ? priced : with_tools;
}

struct Tiers {
  const BuiltinModel* simple;
  const BuiltinModel* medium;
  const BuiltinModel* complex;
};

Tiers ChooseTiers(Models usable) {
  std::sort(usable.begin(), usable.end(), IsWeaker);
  Tiers tiers{*std::min_element(usable.begin(), usable.end(), IsCheaper), nullptr, usable.back()};
  const BuiltinModel* medium = nullptr;
  size_t end = usable.size() - usable.size() / 3;
  for (size_t i = usable.size() / 3; i < end; ++i) {
    const BuiltinModel* model = usable[i];
    bool between = model != tiers.simple && model != tiers.complex &&
                   model->rank >= tiers.simple->rank && !IsCheaper(tiers.complex, model);
    if (between && (medium == nullptr || IsCheaper(model, medium))) medium = model;
  }
  tiers.medium = medium == nullptr ? tiers.complex : medium;
  return tiers;
}

std::string Described(const BuiltinModel& model) {
  return fmt::format("{} ({} in, {} out per 1M; rank {})", model.name,
                     FormatPrice(model.prices->input), FormatPrice(model.prices->output),
                     model.rank);
}

// Each tier's model falls back to the dearer tiers first, then to the next cheaper one.
void AddFallbacks(const Tiers& tiers, config::Settings* settings) {
  std::vector<const BuiltinModel*> distinct;
  for (const BuiltinModel* model : {tiers.simple, tiers.medium, tiers.complex}) {
    if (std::find(distinct.begin(), distinct.end(), model) == distinct.end())
      distinct.push_back(model);
  }
  for (size_t i = 0; i < distinct.size() && distinct.size() > 1; ++i) {
    config::FallbackSettings fallback{Called(distinct[i]->name), {}};
    for (size_t j = i + 1; j < distinct.size(); ++j)
      fallback.chain.push_back(Called(distinct[j]->name));
    for (size_t j = i; j > 0; --j) fallback.chain.push_back(Called(distinct[j - 1]->name));
    settings->fallbacks.push_back(std::move(fallback));
  }
}

struct AutoRoute {
  std::string_view simple, medium, complex, baseline;
};

config::RouteSettings MakeRoute(const AutoRoute& models) {
  config::RouteSettings route;
  route.name = Called("auto");
  route.tiers = {{Called("simple"), Called(models.simple)},
                 {Called("medium"), Called(models.medium)},
                 {Called("complex"), Called(models.complex)}};
  route.baseline = Called(models.baseline);
  route.cache.mode = config::CacheSettings::Mode::kExact;
  return route;
}

void AddAuto(const Tiers& tiers, Starter* starter) {
  const std::string_view strongest = tiers.complex->name;
  starter->settings.routes.push_back(
      MakeRoute({tiers.simple->name, tiers.medium->name, strongest, strongest}));
  AddFallbacks(tiers, &starter->settings);
  starter->notes.push_back("route auto, classifier learned:");
  starter->notes.push_back(fmt::format("  simple   {}: the cheapest", Described(*tiers.simple)));
  starter->notes.push_back(fmt::format("  medium   {}: {}", Described(*tiers.medium),
                                       tiers.medium == tiers.complex
                                           ? "nothing fits between simple and complex"
                                           : "the cheapest of middle strength"));
  starter->notes.push_back(
      fmt::format("  complex  {}: the strongest, also the baseline", Described(*tiers.complex)));
}

bool IsSet(const config::Environment& env, const std::string& name) {
  std::optional<std::string> value = env(name);
  return value && !value->empty();
}

// The vendors whose key is set, with a note about each.
void AddVendors(const BuiltinCatalog& catalog, const config::Environment& env,
                std::span<const std::string_view> dialects, Starter* starter) {
  for (const Vendor& vendor : catalog.vendors) {
    // An engine without a key may be there or not: only a config file says so.
    if (vendor.local || !IsSet(env, vendor.key_env)) continue;
    bool built = dialects.empty() ||
                 std::find(dialects.begin(), dialects.end(), vendor.api) != dialects.end();
    if (!built) {
      starter->notes.push_back(
          fmt::format("{} is set, but {} cannot be used yet: its api `{}` is not built",
                      vendor.key_env, vendor.name, vendor.api));
      continue;
    }
    if (vendor.base_url.host.empty()) {
      starter->notes.push_back(
          fmt::format("{} is set, but {} needs a weir.yaml with its base_url, of the form {}",
                      vendor.key_env, vendor.name, vendor.base_url_form));
      continue;
    }
    config::ProviderSettings provider;
    provider.name = Called(vendor.name);
    starter->settings.providers.push_back(std::move(provider));
    starter->notes.push_back(fmt::format("{} is set: using {}", vendor.key_env, vendor.name));
  }
}

struct Simulated {
  std::string_view name;
  std::string_view input, cached_input, output;  // USD per million tokens
};

// The article's four models and its baseline, at the prices of CONTRACT's example.
constexpr Simulated kSimulated[] = {{"glm-4-flash", "0.07", "", "0.14"},
                                    {"deepseek-chat", "0.14", "0.014", "0.28"},
                                    {"deepseek-reasoner", "0.55", "", "2.19"},
                                    {"qwen-max", "0.40", "", "1.20"},
                                    {"gpt-4o", "2.50", "", "10.00"}};

// The share of wrong answers falls with the square of what is missing to rank 100: 0.74 for
// glm-4-flash (20), 0.94 for deepseek-reasoner (61). Invented; the real models were not measured.
double SimulatedQuality(int rank) {
  const double missing = (100 - rank) / 100.0;
  return 1 - 0.4 * missing * missing;
}

config::SimulatorSettings GradedSimulator(const BuiltinCatalog& catalog) {
  config::SimulatorSettings simulator;
  for (const Simulated& simulated : kSimulated) {
    const BuiltinModel* known = catalog.FindAny(simulated.name);
    if (known == nullptr) continue;
    simulator.models[std::string(simulated.name)].quality = SimulatedQuality(known->rank);
  }
  return simulator;
}

Result<void> AddSimulatedModels(config::Settings* settings) {
  for (const Simulated& simulated : kSimulated) {
    config::ModelSettings model;
    model.name = Called(simulated.name);
    model.providers = {Called(kSimulatorDialect)};
    config::PriceSettings price;
    WEIR_TRY(price.input, ParsePrice(simulated.input));
    WEIR_TRY(price.output, ParsePrice(simulated.output));
    if (!simulated.cached_input.empty()) {
      WEIR_TRY(price.cached_input, ParsePrice(simulated.cached_input));
    }
    model.price = price;
    settings->models.push_back(std::move(model));
  }
  return {};
}

Result<void> Simulate(const BuiltinCatalog& catalog, Starter* starter) {
  config::Settings& settings = starter->settings;
  settings.providers.clear();
  config::ProviderSettings provider;
  provider.name = Called(kSimulatorDialect);
  provider.api = Called(kSimulatorDialect);
  provider.simulator = GradedSimulator(catalog);
  settings.providers.push_back(std::move(provider));
  WEIR_CHECK_OK(AddSimulatedModels(&settings));
  settings.fallbacks = {
      {Called("glm-4-flash"), {Called("deepseek-chat"), Called("qwen-max")}},
      {Called("deepseek-chat"), {Called("qwen-max"), Called("deepseek-reasoner")}},
      {Called("deepseek-reasoner"), {Called("qwen-max")}}};
  settings.routes.push_back(
      MakeRoute({"glm-4-flash", "deepseek-chat", "deepseek-reasoner", "gpt-4o"}));
  return {};
}

}  // namespace

Result<Starter> MakeStarter(const config::Environment& env,
                            std::span<const std::string_view> dialects) {
  const Result<BuiltinCatalog>& catalog = Builtin();
  if (!catalog) return catalog.error();
  Starter starter;
  starter.settings = Blank();
  AddVendors(*catalog, env, dialects, &starter);
  Models usable = Usable(*catalog, starter.settings.providers);
  if (!usable.empty()) {
    AddAuto(ChooseTiers(std::move(usable)), &starter);
    return starter;
  }
  std::string keys;
  for (const Vendor& vendor : catalog->vendors) {
    if (vendor.local || vendor.base_url.host.empty()) continue;
    keys += (keys.empty() ? "" : ", ") + vendor.key_env;
  }
  starter.notes.push_back(starter.settings.providers.empty()
                              ? "no provider's key is set: answers come from the built-in simulator"
                              : "no chat model with a known price at these providers: answers come "
                                "from the built-in simulator; write a weir.yaml to use them");
  starter.notes.push_back(
      "route auto: glm-4-flash, deepseek-chat, deepseek-reasoner; baseline gpt-4o");
  starter.notes.push_back(fmt::format("set one of {} to use real models", keys));
  WEIR_CHECK_OK(Simulate(*catalog, &starter));
  return starter;
}

}  // namespace weir::catalog
