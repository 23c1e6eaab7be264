// The resolved world of one config: providers, models, aliases, routes, with indices instead of
// names. Immutable; shared by all threads; a request keeps the Directory it began with.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "catalog/prices.h"
#include "config/parse.h"
#include "config/settings.h"

namespace weir::catalog {

class Directory;

using ProviderId = uint16_t;
using ModelId = uint32_t;
using RouteId = uint16_t;
inline constexpr ModelId kNoModel = UINT32_MAX;

// What a model can do; a request needs a set of these (chat/request.h says which).
enum class Capability : uint16_t {
  kTools = 1,
  kVision = 2,
  kJsonSchema = 4,
  kJsonObject = 8,
  kReasoning = 16,
  kEmbeddings = 32,
  kCompletions = 64,  // the legacy /v1/completions
  kChat = 128,
};
using CapabilitySet = uint16_t;
constexpr CapabilitySet Bit(Capability c) {
  return static_cast<CapabilitySet>(c);
}
std::string_view CapabilityName(Capability c);
std::optional<Capability> CapabilityByName(std::string_view name);
std::string CapabilityNames(CapabilitySet set);  // "tools, vision"
// Chat is implied unless a model only embeds.
CapabilitySet WithChat(CapabilitySet set);
// Of a model that neither the config nor the catalog describes: everything but embeddings. A wrong
// "cannot" would take a working model away; a wrong "can" costs one 400 of the upstream.
inline constexpr CapabilitySet kAssumedCapabilities =
    Bit(Capability::kChat) | Bit(Capability::kTools) | Bit(Capability::kVision) |
    Bit(Capability::kJsonSchema) | Bit(Capability::kJsonObject) | Bit(Capability::kReasoning) |
    Bit(Capability::kCompletions);

struct Provider {
  ProviderId id = 0;
  std::string name;
  std::string api;           // the dialect's row name
  config::Url base_url;      // host empty for the simulator
  std::vector<Secret> keys;  // empty: none is sent
  bool key_missing = false;  // catalog vendor whose key variable is unset: never a candidate
  std::string key_env;
  config::Timeouts timeouts;
  int retries = 1;
  config::BreakerSettings breaker;
  std::string ca_file;
  std::vector<std::pair<std::string, std::string>> headers;
  bool allow_unknown = false;
  std::string key_header = "authorization";  // lower case; this one carries `Bearer KEY`
  bool stream_options = true;                // false: the upstream refuses the member
  // Of each model without a price of its own: 0 at a local engine, else none.
  std::optional<Prices> prices;
  config::SimulatorSettings simulator;
};

struct Model {
  ModelId id = 0;
  ProviderId provider = 0;
  std::string name;              // "aiwave/glm-4-flash": unique
  std::string alias;             // "glm-4-flash"; FindModel(alias) may be another provider's
  std::string upstream;          // name on the wire
  std::optional<Prices> prices;  // nullopt: unpriced
  int64_t context = 0;           // tokens; 0: unknown, never gates
  int64_t max_output = 0;        // tokens; 0: unknown
  CapabilitySet capabilities = 0;
  int rank = 0;                    // rough strength, orders the starter's tiers only
  bool declared = false;           // by the config; else the catalog's model of a named provider
  config::Timeouts timeouts;       // the provider's, with long defaults for reasoning models
  std::vector<ModelId> fallbacks;  // its own chain, in order; never transitive; without itself
  // Other providers/keys of the same alias (`providers: [a, b]`): tried before `fallbacks`, and the
  // only fallback for embeddings.
  std::vector<ModelId> twins;
};

struct Tier {
  std::string name;
  ModelId model = kNoModel;
};

// The cheapest of `models` whose chance of a good answer is at least `share` of the baseline's.
struct Floor {
  double share = 1;
  std::vector<ModelId> models;         // in the order of the config; all priced
  bool baseline_until_proven = false;  // else the route's tiers, which are made of the models
};

// Whose answers are held against the baseline's: a cheaper tier, or a model that a floor chooses
// from.
struct Measured {
  std::string name;  // of the tier, or of the model
  ModelId model = kNoModel;
  int tier = -1;  // -1: of a floor
};
struct Quality {
  double sample = 0;               // share of requests
  std::vector<Measured> measured;  // tiers cheap to dear, models in the order of the config
  ModelId judge = kNoModel;        // priced
  std::optional<config::BudgetSettings> budget;
  double floor = 0.95;
  bool act = true;
};

// A split of a route's conversations.
struct Experiment {
  struct Arm {
    std::string name;
    RouteId route = 0;  // whose policy answers
    double until = 1;   // arms stand in order; this one has what is below it
  };
  std::string name;
  config::ExperimentSettings::By by = config::ExperimentSettings::By::kSession;
  std::vector<Arm> arms;
};

struct Route {
  RouteId id = 0;
  std::string name;
  std::string classifier;     // row name; empty for a route of one model
  std::vector<Tier> tiers;    // cheap to dear, every canonical tier filled (nearest dearer)
  ModelId single = kNoModel;  // a route of one model
  int default_tier = 0;       // index into tiers
  // Per tier: the share of ordinary traffic that it and the cheaper ones get together; ascending.
  std::vector<double> shares;
  ModelId baseline = kNoModel;
  std::optional<Floor> floor;
  std::vector<config::RuleSettings> rules;  // resolved targets in rule_targets
  std::vector<ModelId> rule_models;         // per rule: the model, or kNoModel when it names a tier
  std::vector<int> rule_tiers;              // per rule: the tier's index, or -1
  std::chrono::milliseconds deadline = config::kDefaultDeadline;
  config::StickySettings sticky;
  config::CacheSettings cache;
  std::optional<Quality> quality;
  std::optional<Experiment> experiment;

  // Index of the named tier, or -1.
  int TierIndex(std::string_view tier) const;
  // Index into quality->measured of a tier, or of a floor's model or its twin; -1: not measured.
  int MeasuredTier(int tier) const;
  int MeasuredModel(ModelId model, const Directory& directory) const;
  // The tier of what needs a strong model more than `share` of ordinary traffic does.
  int TierOfShare(double share) const;
};

class Directory {
 public:
  const std::vector<Provider>& providers() const { return providers_; }
  const std::vector<Model>& models() const { return models_; }
  const std::vector<Route>& routes() const { return routes_; }
  const Provider& provider(ProviderId id) const { return providers_[id]; }
  const Model& model(ModelId id) const { return models_[id]; }
  const Provider& provider_of(ModelId id) const { return providers_[models_[id].provider]; }
  // One model, or two of one alias at different providers.
  bool AreTwins(ModelId one, ModelId other) const;

  // Exact: "provider/name", or an alias. kNoModel when unknown.
  ModelId FindModel(std::string_view name) const;
  // "provider/anything" of a provider with allow_unknown: its id.
  std::optional<ProviderId> FindOpenProvider(std::string_view name) const;
  const Route* FindRoute(std::string_view name) const;
  // How each alias was resolved, for `weir check`: "as configured", "the vendor's own", "cheapest".
  // "the only provider"; empty for what is no alias.
  std::string_view AliasReason(std::string_view alias) const;
  // "did you mean" among models and routes, or empty. Bounded: a request may cause it.
  std::string_view Nearest(std::string_view name) const;
  // What works but is surely not meant, "file:line:col: …": a tier whose provider has no key.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class DirectoryBuilder;
  std::vector<Provider> providers_;
  std::vector<Model> models_;
  std::vector<Route> routes_;
  std::unordered_map<std::string, ModelId, StringHash, std::equal_to<>> model_names_;
  std::unordered_map<std::string, RouteId, StringHash, std::equal_to<>> route_names_;
  std::unordered_map<std::string, std::string_view, StringHash, std::equal_to<>> alias_reasons_;
  std::vector<std::string> warnings_;
};

inline constexpr std::string_view kSimulatorDialect = "simulator";

// What 1,000 prompt and 500 answer tokens cost at the standard price, in units that only compare;
// unpriced is dearest.
int64_t BlendedPrice(const std::optional<Prices>& prices);

// Resolves names against the built-in catalog and, over it, the file that `settings.catalog` names,
// which is read here, at each call; every dangling, duplicate or self-naming entry is an
// error with file:line:col. `dialects` are the names of the wired dialect rows. With
// `allow_unknown` models that no one declared exist only per request (see gateway/target.h).
Result<Directory> Resolve(const config::Settings& settings, const config::Environment& env,
                          std::span<const std::string_view> dialects,
                          std::span<const std::string_view> classifiers);

// The config of a start without a file: see CONTRACT "weir serve". `notes` says what was chosen and
// why, a line each. `dialects` as for Resolve: a vendor whose dialect is not wired is only noted.
//
// Tiers: of the priced models that chat and take tools (of all that chat, when none takes tools),
// at vendors whose key is set: simple = the cheapest; complex = the highest rank, also the
// baseline; medium = the cheapest of the middle third by rank that is neither, not weaker than
// simple and not dearer than complex, else complex. "Cheapest" weighs 1,000 prompt and 500 answer
// tokens.
struct Starter {
  config::Settings settings;
  std::vector<std::string> notes;
};
// An empty `dialects` does not judge.
Result<Starter> MakeStarter(const config::Environment& env,
                            std::span<const std::string_view> dialects = {});

}  // namespace weir::catalog
