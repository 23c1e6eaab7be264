#include "config/options.h"

namespace weir::config {
namespace {

constexpr size_t kMaxRoutes = 10'000;
constexpr size_t kMaxTiers = 32;

// The tables stand in the order of their enums.
constexpr Word kCacheModes[] = {
    {"off"}, {"exact"}, {"similar", "answering a similar request from memory"}};
constexpr Word kCacheScopes[] = {
    {"key"}, {"all"}, {"team", "sharing answers within a team of keys"}};
constexpr Word kReplays[] = {{"fast"}, {"paced"}};

template <auto kMember, const auto& kWords>
Result<void> ReadWord(Reader& reader, const Node& node, CacheSettings& cache) {
  WEIR_TRY(size_t index, reader.Choice(node, kWords));
  cache.*kMember = static_cast<std::remove_reference_t<decltype(cache.*kMember)>>(index);
  return {};
}

constexpr Option<CacheSettings> kCacheOptions[] = {
    {"mode", "off, or exact: an equal request is answered from memory; default off",
     ReadWord<&CacheSettings::mode, kCacheModes>},
    {"ttl", "how long an answer is kept; default 1h", Set<&Reader::Duration, &CacheSettings::ttl>},
    {"scope", "who shares answers: key (each client key its own) or all; default key",
     ReadWord<&CacheSettings::scope, kCacheScopes>},
    {"sampled", "whether answers of an explicit temperature > 0 are kept; default false",
     Set<&Reader::Bool, &CacheSettings::sampled>},
    {"replay", "streams from memory: fast, or paced as they were recorded; default fast",
     ReadWord<&CacheSettings::replay, kReplays>},
};

// `cache: {}` without a mode is taken at its word: it is there to be used.
Result<void> ReadCache(Reader& reader, const Node& node, RouteSettings& route) {
  route.cache.mode = CacheSettings::Mode::kExact;
  return ReadSection<CacheSettings>(reader, node, kCacheOptions, route.cache);
}

Result<void> ReadTiers(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{simple: gpt-4o-mini, complex: gpt-4o}"));
  if (node.keys.empty()) return reader.At(node.mark, "at least one tier is needed");
  if (node.keys.size() > kMaxTiers) return reader.At(node.mark, "more than 32 tiers");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Reader::Step step(reader, node.keys[i].text);
    WEIR_TRY(Name model, reader.NameOf(node.items[i]));
    route.tiers.emplace_back(node.keys[i], std::move(model));
  }
  return {};
}

Result<void> ReadDefault(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_TRY(Name tier, reader.NameOf(node));
  route.default_tier = std::move(tier.text);
  route.default_tier_mark = tier.mark;
  return {};
}

Result<void> ReadSticky(Reader& reader, const Node& node, RouteSettings&) {
  WEIR_TRY(bool sticky, reader.Bool(node));
  if (!sticky) return {};
  return reader.At(node.mark, "true is not built yet (keeping a conversation on its model)");
}

constexpr Option<RouteSettings> kRouteOptions[] = {
    {"classifier", "what judges difficulty: seed or rules; default seed",
     Set<&Reader::NameOf, &RouteSettings::classifier>},
    {"tiers", "difficulty class -> model, cheap to dear; a missing one = the nearest dearer",
     ReadTiers},
    {"model", "a route of one model, instead of tiers",
     Set<&Reader::NameOf, &RouteSettings::model>},
    {"default", "the tier when nothing decides; default medium", ReadDefault},
    {"baseline", "the model that savings are measured against; needs a price",
     Set<&Reader::NameOf, &RouteSettings::baseline>},
    {"rules", "your own rules, before the classifier; the first match wins", ReadRules},
    {"deadline", "all attempts together; default 10m",
     Set<&Reader::Duration, &RouteSettings::deadline>},
    {"sticky", "false", ReadSticky},
    {"cache", "the answer cache of this route", ReadCache},
    {"models", "the models that a quality floor chooses from", nullptr},
    {"floor", "the least quality relative to the baseline", nullptr},
    {"until_proven", "what decides before a floor has evidence", nullptr},
    {"shares", "the share of requests each tier should get", nullptr},
    {"fallbacks", "fallbacks of this route only", nullptr},
    {"limits", "limits of this route only", nullptr},
};

Result<void> CheckRoute(Reader& reader, const Node& node, const RouteSettings& route) {
  if (!route.model) return {};
  for (std::string_view key : {"tiers", "classifier", "default", "rules"}) {
    const Name* found = node.FindKey(key);
    if (found != nullptr) {
      return reader.At(found->mark, fmt::format("a route of one `model` has no `{}`", key));
    }
  }
  return {};
}

}  // namespace

Result<void> ReadRoutes(Reader& reader, const Node& node, Settings& settings) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{auto: {tiers: {simple: gpt-4o-mini, complex: gpt-4o}}}"));
  if (node.keys.size() > kMaxRoutes) return reader.At(node.mark, "more than 10,000 routes");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Reader::Step step(reader, node.keys[i].text);
    RouteSettings route;
    route.name = node.keys[i];
    WEIR_CHECK_OK(ReadSection<RouteSettings>(reader, node.items[i], kRouteOptions, route));
    WEIR_CHECK_OK(CheckRoute(reader, node.items[i], route));
    settings.routes.push_back(std::move(route));
  }
  return {};
}

void AppendRouteDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<RouteSettings>("routes.NAME.", kRouteOptions, docs);
  AppendDocs<CacheSettings>("routes.NAME.cache.", kCacheOptions, docs);
}

}  // namespace weir::config
