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

// Any but the dearest tier may be left out: its share is what the others leave.
Result<void> ReadShares(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{simple: 0.6, medium: 0.3}"));
  double sum = 0;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    Reader::Step step(reader, node.keys[i].text);
    WEIR_TRY(const double share, reader.Share(node.items[i]));
    sum += share;
    if (sum > 1 + 1e-9) return reader.At(node.items[i].mark, "the shares are more than 1 together");
    route.shares.emplace_back(node.keys[i], share);
  }
  return {};
}

Result<void> ReadFloor(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_TRY(route.floor, reader.Share(node));
  if (route.floor > 0) return {};
  return reader.At(node.mark, "a floor of 0 promises nothing; more than 0 and at most 1");
}

Result<void> ReadFloorModels(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_TRY(route.models, reader.Names(node));
  if (!route.models.empty()) return {};
  return reader.At(node.mark, "the list is empty: a floor chooses from these models");
}

Result<void> ReadUntilProven(Reader& reader, const Node& node, RouteSettings& route) {
  constexpr Word kWords[] = {{"tiers"}, {"baseline"}};
  WEIR_TRY(size_t index, reader.Choice(node, kWords));
  route.until_proven = static_cast<RouteSettings::UntilProven>(index);
  return {};
}

Result<void> ReadDefault(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_TRY(Name tier, reader.NameOf(node));
  route.default_tier = std::move(tier.text);
  route.default_tier_mark = tier.mark;
  return {};
}

Result<void> ReadStalls(Reader& reader, const Node& node, StickySettings& sticky) {
  WEIR_TRY(int64_t stalls, reader.Integer(node, 0, 6));
  if (stalls == 1)
    return reader.At(node.mark, "1 would call every tool loop stalled; 2 to 6, or 0");
  sticky.stalls = static_cast<int>(stalls);
  return {};
}

constexpr Option<StickySettings> kStickyOptions[] = {
    {"ttl", "a conversation is forgotten after so long without an answer; default 1h",
     Set<&Reader::Duration, &StickySettings::ttl>},
    {"tool_loops", "a turn that brings a tool's result keeps the model; default true",
     Set<&Reader::Bool, &StickySettings::tool_loops>},
    {"approvals", "a mere yes, ok, continue keeps the model; default true",
     Set<&Reader::Bool, &StickySettings::approvals>},
    {"prompt_cache",
     "an easier tier is taken only where it earns more than the provider's prompt cache that is "
     "left; default true",
     Set<&Reader::Bool, &StickySettings::prompt_cache>},
    {"housekeeping", "an agent's titles and summaries go to the cheapest tier; default true",
     Set<&Reader::Bool, &StickySettings::housekeeping>},
    {"stalls",
     "the next tier when the same tool call was made so often in the last six; default 3, 0: off",
     ReadStalls},
};

// true, false, or a map of what is not to be as it is by default.
Result<void> ReadSticky(Reader& reader, const Node& node, RouteSettings& route) {
  if (node.kind == Node::Kind::kMap) {
    return ReadSection<StickySettings>(reader, node, kStickyOptions, route.sticky);
  }
  WEIR_TRY(route.sticky.on, reader.Bool(node));
  return {};
}

constexpr Option<RouteSettings> kRouteOptions[] = {
    {"classifier", "what judges difficulty: learned, seed or rules; default learned",
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
    {"sticky", "whether a conversation keeps its model, and when; default true", ReadSticky},
    {"cache", "the answer cache of this route", ReadCache},
    {"models", "the models that a quality floor chooses from, instead of tiers", ReadFloorModels},
    {"floor",
     "the least chance of a good answer as a share of the baseline's; the cheapest model that has "
     "it answers",
     ReadFloor},
    {"until_proven",
     "what decides before a floor has evidence: tiers (made of the models) or baseline; default "
     "tiers",
     ReadUntilProven},
    {"shares", "learned: the share of ordinary traffic each tier gets; the last one gets the rest",
     ReadShares},
    {"quality", "how the answers of cheaper tiers are held against the baseline's", ReadQuality},
    {"experiments", "{NAME: {by, arms}}: conversations split over ways to answer them",
     ReadExperiments},
    {"fallbacks", "fallbacks of this route only", nullptr},
    {"limits", "limits of this route only", nullptr},
};

// Of the keys that do not go together with what the route is.
Result<void> Without(Reader& reader, const Node& node, std::string_view what,
                     std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const Name* found = node.FindKey(key);
    if (found != nullptr) return reader.At(found->mark, fmt::format("{} has no `{}`", what, key));
  }
  return {};
}

Result<void> CheckFloor(Reader& reader, const Node& node) {
  const Name* models = node.FindKey("models");
  for (const std::string_view key : {"floor", "until_proven"}) {
    const Name* found = node.FindKey(key);
    if (found != nullptr && models == nullptr) {
      return reader.At(found->mark,
                       fmt::format("`{}` is of a route that chooses from `models: […]`", key));
    }
  }
  if (models == nullptr) return {};
  if (node.FindKey("floor") == nullptr) {
    return reader.At(models->mark, "`models` needs a `floor`, such as 0.97");
  }
  if (const Name* tiers = node.FindKey("tiers")) {
    return reader.At(
        tiers->mark,
        "`models` with a `floor` and `tiers` exclude each other: `until_proven: tiers` "
        "makes tiers of the models");
  }
  if (node.FindKey("baseline") == nullptr) {
    return reader.At(models->mark, "a `floor` is relative to a `baseline`: name a model");
  }
  return Without(reader, node, "a route with a `floor`", {"default"});
}

Result<void> CheckRoute(Reader& reader, const Node& node, const RouteSettings& route) {
  if (const Name* quality = node.FindKey("quality"); quality != nullptr) {
    if (node.FindKey("baseline") == nullptr) {
      return reader.At(quality->mark, "quality is held against a `baseline`: name a model");
    }
    // All its models are measured, against its own floor.
    if (node.FindKey("models") != nullptr) {
      WEIR_CHECK_OK(Without(reader, *node.Find("quality"),
                            "the `quality` of a route with a `floor`", {"tiers", "floor"}));
    }
  }
  if (!route.model) return CheckFloor(reader, node);
  return Without(
      reader, node, "a route of one `model`",
      {"tiers", "classifier", "default", "rules", "models", "floor", "until_proven", "quality"});
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
  AppendDocs<StickySettings>("routes.NAME.sticky.", kStickyOptions, docs);
  AppendDocs<CacheSettings>("routes.NAME.cache.", kCacheOptions, docs);
}

}  // namespace weir::config
