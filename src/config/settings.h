// What the config file says: typed, with defaults filled in, names not yet resolved (catalog/ does
// that). Immutable after Parse. Every field here is written by exactly one row of options*.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/money.h"
#include "base/secret.h"
#include "config/key_settings.h"
#include "config/mark.h"
#include "config/price_settings.h"
#include "config/quality_settings.h"

namespace weir::config {

using std::chrono::milliseconds;

struct HostPort {
  std::string host;  // an IP literal without brackets
  uint16_t port = 0;
  bool IsLoopback() const;
  std::string ToString() const;
};

struct Url {
  bool tls = false;
  std::string host;  // lower case, no brackets
  uint16_t port = 0;
  std::string path;  // "" or "/v1"; never ends in '/'
  std::string ToString() const;
  bool IsLoopback() const;
};

struct Timeouts {
  milliseconds connect{2'000};
  milliseconds first_byte{600'000};
  milliseconds first_token{60'000};
  milliseconds idle{60'000};
  milliseconds total{600'000};
};

struct BreakerSettings {
  int failures = 5;
  milliseconds cooldown{30'000};
};

struct SimulatedModelSettings {  // what is not said is the provider's
  std::optional<milliseconds> latency, token_interval;
  std::optional<double> failure_rate, quality;
  std::optional<int> output_tokens;
  Mark mark;  // of the model's name
};

struct SimulatorSettings {         // api: simulator only
  milliseconds latency{5};         // to the first token
  milliseconds token_interval{0};  // between tokens of a stream
  double failure_rate = 0;         // share of requests answered 503
  int output_tokens = 60;          // answer length; scaled by difficulty
  double quality = 0.9;            // P(a right answer) at medium difficulty
  uint64_t seed = 1;
  // By name on the wire, as a model's `upstream` gives it.
  std::map<std::string, SimulatedModelSettings, std::less<>> models;
};

struct ProviderSettings {
  Name name;
  std::optional<Name> api;                  // dialect name; the catalog's when the vendor is known
  std::optional<Url> base_url;              // the catalog's when the vendor is known
  std::optional<std::vector<Secret>> keys;  // [] = no key is sent; absent = the catalog's key_env
  std::optional<milliseconds> connect, first_byte, first_token, idle, total;
  int retries = 1;
  BreakerSettings breaker;
  std::string ca_file;
  std::vector<std::pair<std::string, std::string>> headers;
  bool allow_plaintext = false;
  std::optional<bool> allow_unknown;   // absent: only at a local engine of the catalog
  std::string key_header;              // lower case; empty: the catalog's, else authorization
  std::optional<bool> stream_options;  // absent: the catalog's, else true
  SimulatorSettings simulator;
  Mark base_url_mark;
};

struct ModelSettings {
  Name name;                    // "glm-4-flash" or "aiwave/glm-4-flash"
  std::vector<Name> providers;  // `provider: x` is one of them
  std::string upstream;         // its name there; empty = the bare name
  std::optional<PriceSettings> price;
  std::optional<int64_t> context;                 // tokens
  std::optional<int64_t> max_output;              // tokens
  std::optional<std::vector<Name>> capabilities;  // catalog/model.h has the words
};

struct FallbackSettings {
  Name model;
  std::vector<Name> chain;
};

struct RuleWhen {
  std::optional<bool> tools, images;
  std::optional<int64_t> min_tokens;
};

struct RuleSettings {
  Name name;
  std::string match;  // RE2 pattern, or empty when only `when` decides
  Mark match_mark;
  bool on_all = false;  // on: all | last_user
  RuleWhen when;
  std::optional<Name> tier;  // exactly one of tier, model
  std::optional<Name> model;
};

inline constexpr milliseconds kDefaultDeadline{600'000};  // of a request: all its attempts

struct CacheSettings {  // of one route
  enum class Mode : uint8_t { kOff, kExact } mode = Mode::kOff;
  milliseconds ttl{3'600'000};
  enum class Scope : uint8_t { kKey, kAll } scope = Scope::kKey;
  bool sampled = false;  // answers of an explicit temperature > 0 are kept too
  enum class Replay : uint8_t { kFast, kPaced } replay = Replay::kFast;
};

struct StickySettings {  // of one route: how a conversation keeps its model
  bool on = true;
  milliseconds ttl{3'600'000};  // a conversation is forgotten after so long without an answer
  bool tool_loops = true;
  bool approvals = true;
  bool housekeeping = true;
  bool prompt_cache = true;
  int stalls = 3;  // equal calls among the last six; 0: off
};

struct RouteSettings {
  Name name;
  Name classifier{"learned", {}};
  std::vector<std::pair<Name, Name>> tiers;  // tier, model; file order: cheap to dear
  std::optional<Name> model;                 // a route of one model
  std::string default_tier = "medium";
  Mark default_tier_mark;
  std::optional<Name> baseline;
  std::vector<RuleSettings> rules;
  std::vector<std::pair<Name, double>> shares;  // tier, share of ordinary traffic
  std::vector<Name> models;                     // that a quality floor chooses from
  double floor = 0;  // least chance of a good answer as a share of the baseline's; 0: none
  enum class UntilProven : uint8_t { kTiers, kBaseline } until_proven = UntilProven::kTiers;
  milliseconds deadline = kDefaultDeadline;
  StickySettings sticky;
  CacheSettings cache;
  std::optional<QualitySettings> quality;
  std::optional<ExperimentSettings> experiment;
};

struct LedgerSettings {
  Name sink{"sqlite", {}};
  milliseconds retention{90LL * 86'400'000};
  milliseconds fsync{100};
  enum class Bodies : uint8_t { kOff, kSampled, kOn } bodies = Bodies::kOff;
};

struct LogSettings {
  LogLevel level = LogLevel::kInfo;
  enum class Format : uint8_t { kAuto, kText, kJson } format = Format::kAuto;
};

struct LimitSettings {
  int64_t max_body = 32LL << 20;
  int64_t max_header = 64LL << 10;
  milliseconds read_timeout{30'000};
  int64_t max_inflight = 10'000;
  int max_attempts = 4;
  milliseconds drain_timeout{60'000};
  int64_t cache = 256LL << 20;  // bytes
};

struct AdminSettings {
  HostPort listen{"127.0.0.1", 8081};
  std::optional<Secret> key;
};

struct RedisSettings {
  bool tls = false;
  std::string host;  // lower case, no brackets
  uint16_t port = 6379;
  std::string user;  // empty: none
  Secret password;   // empty: none
  int database = 0;
  std::string ca_file;
  bool allow_plaintext = false;
  bool operator==(const RedisSettings&) const = default;
  std::string ToString() const;  // without user and password
  bool IsLoopback() const;
};

struct Settings {
  std::string file;  // as given; "(starter)" for the starter
  HostPort listen{"127.0.0.1", 8080};
  Mark listen_mark;  // line 0: it is the default
  AdminSettings admin;
  std::string data_dir = "./weir-data";
  int workers = 0;  // 0: cores
  Name catalog;     // file over the built-in catalog, beside this one unless absolute; or empty
  Name weights;     // file of `weir train` in place of the built-in weights; likewise
  std::vector<ProviderSettings> providers;
  Mark providers_mark{1, 1};  // of the section; the file's begin when there is none
  std::vector<ModelSettings> models;
  std::vector<FallbackSettings> fallbacks;
  std::vector<RouteSettings> routes;
  LedgerSettings ledger;
  LogSettings log;
  LimitSettings limits;
  std::optional<RedisSettings> redis;
  std::vector<KeySettings> keys;
  Mark keys_mark;
  std::vector<TeamSettings> teams;
  std::vector<std::string> warnings;  // "file:line:col: …": secrets in clear, world-readable file
};

}  // namespace weir::config
