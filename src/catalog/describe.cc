#include "catalog/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "catalog/price_age.h"

namespace weir::catalog {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell, two blanks apart; the last one is not padded.
void AppendTable(std::string_view title, const std::vector<Row>& rows, std::string* out) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  *out += fmt::format("\n{}\n", title);
  for (const Row& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format(" {:<{}} ", row[i], widths[i]);
    *out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
}

std::string Count(int64_t tokens) {
  return tokens == 0 ? "-" : fmt::format("{}", tokens);
}

std::string KeysOf(const Provider& provider) {
  if (provider.key_missing) return fmt::format("no key: set {}", provider.key_env);
  if (provider.keys.empty()) return "no key is sent";
  return provider.keys.size() == 1 ? "1 key" : fmt::format("{} keys", provider.keys.size());
}

// What becomes of a model that neither the config nor the catalog names.
std::string OthersOf(const Provider& provider) {
  if (!provider.allow_unknown) return "refused";
  return provider.prices ? "any, free" : "any, unpriced";
}

std::string TimeoutsText(const config::Timeouts& timeouts) {
  return fmt::format("connect {}, first_byte {}, first_token {}, idle {}, total {}",
                     FormatDuration(timeouts.connect), FormatDuration(timeouts.first_byte),
                     FormatDuration(timeouts.first_token), FormatDuration(timeouts.idle),
                     FormatDuration(timeouts.total));
}

std::string RedisText(const std::optional<config::RedisSettings>& redis) {
  if (!redis) return "none";
  return redis->ToString() + (redis->user.empty() ? "" : ", as user " + redis->user) +
         (redis->password.empty() ? "" : ", with a password");
}

std::vector<Row> ServerRows(const config::Settings& settings) {
  const config::LimitSettings& limits = settings.limits;
  return {
      {"listen", settings.listen.ToString()},
      {"admin", settings.admin.listen.ToString() + (settings.admin.key ? ", with a key" : "")},
      {"data_dir", settings.data_dir},
      {"weights", settings.weights.text.empty() ? "built in" : settings.weights.text},
      {"workers", settings.workers == 0 ? "one a core" : fmt::format("{}", settings.workers)},
      {"ledger",
       fmt::format("sqlite, kept {}, synced every {}", FormatDuration(settings.ledger.retention),
                   FormatDuration(settings.ledger.fsync))},
      {"redis", RedisText(settings.redis)},
      {"limits", fmt::format("max_body {}, max_header {}, read_timeout {}, max_inflight {}, "
                             "max_attempts {}, cache {}, drain_timeout {}",
                             FormatBytes(static_cast<uint64_t>(limits.max_body)),
                             FormatBytes(static_cast<uint64_t>(limits.max_header)),
                             FormatDuration(limits.read_timeout), limits.max_inflight,
                             limits.max_attempts, FormatBytes(static_cast<uint64_t>(limits.cache)),
                             FormatDuration(limits.drain_timeout))}};
}

std::vector<Row> ProviderRows(const Directory& directory) {
  std::vector<Row> rows = {
      {"name", "api", "base_url", "keys", "other models", "retries", "timeouts"}};
  for (const Provider& provider : directory.providers()) {
    rows.push_back({provider.name, provider.api,
                    provider.base_url.host.empty() ? "-" : provider.base_url.ToString(),
                    KeysOf(provider), OthersOf(provider), fmt::format("{}", provider.retries),
                    TimeoutsText(provider.timeouts)});
  }
  return rows;
}

void AppendPrices(const Model& model, Row* row) {
  if (!model.prices) {
    row->insert(row->end(), {"unpriced", "", "", "", ""});
    return;
  }
  const Prices& prices = *model.prices;
  row->insert(row->end(),
              {FormatPrice(prices.input), FormatPrice(prices.cached_input),
               FormatPrice(prices.output), prices.date.empty() ? "-" : prices.date, prices.source});
}

std::vector<Row> ModelRows(const Directory& directory) {
  std::vector<Row> rows = {{"name", "upstream", "context", "max_output", "in $/1M", "cached",
                            "out $/1M", "date", "source"}};
  for (const Model& model : directory.models()) {
    Row row = {model.name, model.upstream, Count(model.context), Count(model.max_output)};
    AppendPrices(model, &row);
    rows.push_back(std::move(row));
  }
  return rows;
}

void AppendRates(const std::string& name, std::string when, const Rates& rates,
                 std::vector<Row>* rows) {
  const auto unless = [](Price price, Price plain) {
    return price == plain ? "-" : FormatPrice(price);
  };
  rows->push_back({name, std::move(when), FormatPrice(rates.input), FormatPrice(rates.cached_input),
                   FormatPrice(rates.output), unless(rates.cache_write, rates.input),
                   unless(rates.audio_input, rates.input), unless(rates.image_input, rates.input),
                   unless(rates.audio_output, rates.output)});
}

bool HasOwnKinds(const Rates& rates) {
  return rates.cache_write != rates.input || rates.audio_input != rates.input ||
         rates.image_input != rates.input || rates.audio_output != rates.output;
}

std::string When(const Terms& terms) {
  if (terms.above > 0) return fmt::format("prompts of more than {} tokens", terms.above);
  if (terms.utc) return fmt::format("off peak, UTC {}", terms.utc->text());
  const std::chrono::year_month_day day(*terms.from);
  return fmt::format("from {:04}-{:02}-{:02} UTC", int{day.year()}, unsigned{day.month()},
                     unsigned{day.day()});
}

// Models whose price is more than the three figures of the table of models.
std::vector<Row> RateRows(const Directory& directory) {
  std::vector<Row> rows = {{"name", "when", "in $/1M", "cached", "out $/1M", "cache write",
                            "audio in", "image in", "audio out"}};
  for (const Model& model : directory.models()) {
    if (!model.prices || (model.prices->terms.empty() && !HasOwnKinds(*model.prices))) continue;
    AppendRates(model.name, "else", *model.prices, &rows);
    if (model.prices->terms.empty()) rows.back()[1] = "always";
    for (const Terms& terms : model.prices->terms) {
      AppendRates(model.name, When(terms), terms.rates, &rows);
    }
  }
  return rows;
}

// Capabilities, and timeouts where they are not the provider's.
std::vector<Row> AbilityRows(const Directory& directory) {
  std::vector<Row> rows;
  for (const Model& model : directory.models()) {
    const config::Timeouts& usual = directory.provider_of(model.id).timeouts;
    bool longer = model.timeouts.first_byte != usual.first_byte ||
                  model.timeouts.first_token != usual.first_token ||
                  model.timeouts.idle != usual.idle;
    rows.push_back({model.name, CapabilityNames(model.capabilities),
                    longer ? TimeoutsText(model.timeouts) : ""});
  }
  return rows;
}

std::vector<Row> AliasRows(const Directory& directory) {
  std::vector<Row> rows;
  for (const Model& model : directory.models()) {
    std::string_view reason = directory.AliasReason(model.alias);
    if (reason.empty() || directory.FindModel(model.alias) != model.id) continue;
    rows.push_back({model.alias, "->", model.name, fmt::format("({})", reason)});
  }
  return rows;
}

std::vector<Row> ChainRows(const Directory& directory) {
  std::vector<Row> rows;
  for (const Model& model : directory.models()) {
    std::vector<std::string_view> chain;
    for (ModelId id : model.twins) chain.push_back(directory.model(id).name);
    for (ModelId id : model.fallbacks) chain.push_back(directory.model(id).name);
    if (!chain.empty())
      rows.push_back({model.name, fmt::format("-> {}", fmt::join(chain, " -> "))});
  }
  return rows;
}

std::string RuleText(const Directory& directory, const Route& route, size_t index) {
  const config::RuleSettings& rule = route.rules[index];
  std::vector<std::string> facts;
  if (!rule.match.empty()) {
    facts.push_back(
        fmt::format("{} matches {}", rule.on_all ? "any text" : "the last user text", rule.match));
  }
  if (rule.when.tools) facts.push_back(*rule.when.tools ? "tools" : "no tools");
  if (rule.when.images) facts.push_back(*rule.when.images ? "images" : "no images");
  if (rule.when.min_tokens)
    facts.push_back(fmt::format("{} tokens or more", *rule.when.min_tokens));
  ModelId model = route.rule_models[index];
  return fmt::format("{} -> {}", fmt::join(facts, " and "),
                     model == kNoModel
                         ? "tier " + route.tiers[static_cast<size_t>(route.rule_tiers[index])].name
                         : directory.model(model).name);
}

std::string CacheText(const config::CacheSettings& cache) {
  using config::CacheSettings;
  if (cache.mode == CacheSettings::Mode::kOff) return "off";
  return fmt::format(
      "exact, kept {}, {}, {}, streams replayed {}", FormatDuration(cache.ttl),
      cache.scope == CacheSettings::Scope::kKey ? "each client key its own" : "shared by everyone",
      cache.sampled ? "sampled answers too" : "not of temperature > 0",
      cache.replay == CacheSettings::Replay::kFast ? "at once" : "as recorded");
}

void AppendFloor(const Directory& directory, const Route& route, std::vector<Row>* rows) {
  std::vector<std::string_view> names;
  for (const ModelId id : route.floor->models) names.push_back(directory.model(id).name);
  rows->push_back({"models", fmt::format("{}", fmt::join(names, ", "))});
  rows->push_back({"floor", fmt::format("{:.6g} of {}'s chance of a good answer; until proven: {}",
                                        route.floor->share, directory.model(route.baseline).name,
                                        route.floor->baseline_until_proven ? "the baseline"
                                                                           : "the tiers below")});
}

void AppendRoute(const Directory& directory, const Route& route, std::string* out) {
  std::vector<Row> rows;
  if (route.single != kNoModel) rows.push_back({"model", directory.model(route.single).name});
  if (!route.classifier.empty()) rows.push_back({"classifier", route.classifier});
  if (route.floor) AppendFloor(directory, route, &rows);
  for (size_t i = 0; i < route.tiers.size(); ++i) {
    bool is_default = static_cast<int>(i) == route.default_tier;
    rows.push_back({"tier " + route.tiers[i].name,
                    directory.model(route.tiers[i].model).name + (is_default ? " (default)" : "")});
  }
  for (size_t i = 0; i < route.rules.size(); ++i) {
    rows.push_back({"rule " + route.rules[i].name.text, RuleText(directory, route, i)});
  }
  if (route.baseline != kNoModel)
    rows.push_back({"baseline", directory.model(route.baseline).name});
  rows.push_back({"cache", CacheText(route.cache)});
  rows.push_back({"deadline", FormatDuration(route.deadline)});
  AppendTable("route " + route.name, rows, out);
}

}  // namespace

std::string Describe(const config::Settings& settings, const Directory& directory,
                     std::chrono::sys_days today) {
  std::string out = settings.file + "\n";
  AppendTable("server", ServerRows(settings), &out);
  AppendTable("providers", ProviderRows(directory), &out);
  AppendTable("models", ModelRows(directory), &out);
  if (const auto rates = RateRows(directory); rates.size() > 1) {
    AppendTable("prices by length, time and kind of token", rates, &out);
  }
  AppendTable("capabilities", AbilityRows(directory), &out);
  AppendTable("aliases", AliasRows(directory), &out);
  std::vector<Row> chains = ChainRows(directory);
  if (!chains.empty()) AppendTable("fallbacks", chains, &out);
  for (const Route& route : directory.routes()) AppendRoute(directory, route, &out);
  std::vector<std::string> warnings = settings.warnings;
  warnings.insert(warnings.end(), directory.warnings().begin(), directory.warnings().end());
  const std::vector<std::string> old = OldPrices(directory, today);
  warnings.insert(warnings.end(), old.begin(), old.end());
  if (!warnings.empty()) out += fmt::format("\nwarnings\n  {}\n", fmt::join(warnings, "\n  "));
  return out;
}

}  // namespace weir::catalog
