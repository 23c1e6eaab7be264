#include "config/options.h"
#include "config/pattern.h"

namespace weir::config {
namespace {

constexpr size_t kMaxRules = 1'000;

constexpr Option<RuleWhen> kWhenOptions[] = {
    {"tools", "true: only requests with tools; false: only without",
     Set<&Reader::Bool, &RuleWhen::tools>},
    {"images", "true: only requests with images; false: only without",
     Set<&Reader::Bool, &RuleWhen::images>},
    {"min_tokens", "only prompts of at least this many tokens, estimated",
     Set<&Reader::Tokens, &RuleWhen::min_tokens>},
};

Result<void> ReadMatch(Reader& reader, const Node& node, RuleSettings& rule) {
  WEIR_TRY(rule.match, reader.Text(node));
  rule.match_mark = node.mark;
  Result<std::shared_ptr<const re2::RE2>> compiled = CompilePattern(rule.match);
  if (compiled) return {};
  return reader.At(node.mark, node.expanded ? "not a regular expression that RE2 takes"
                                            : compiled.error().message);
}

Result<void> ReadOn(Reader& reader, const Node& node, RuleSettings& rule) {
  constexpr Word kPlaces[] = {{"last_user"}, {"all"}};
  WEIR_TRY(size_t place, reader.Choice(node, kPlaces));
  rule.on_all = place == 1;
  return {};
}

Result<void> ReadWhen(Reader& reader, const Node& node, RuleSettings& rule) {
  WEIR_CHECK_OK(ReadSection<RuleWhen>(reader, node, kWhenOptions, rule.when));
  if (!node.keys.empty()) return {};
  return reader.At(node.mark, "needs at least one of tools, images, min_tokens");
}

constexpr Option<RuleSettings> kRuleOptions[] = {
    {"name", "shown as the reason of a decision: rule:NAME",
     Set<&Reader::NameOf, &RuleSettings::name>},
    {"match", "RE2 pattern, found anywhere in the text", ReadMatch},
    {"on", "the text that is searched: last_user (default) or all", ReadOn},
    {"when", "facts that must hold as well", ReadWhen},
    {"tier", "the tier that it chooses", Set<&Reader::NameOf, &RuleSettings::tier>},
    {"model", "the model that it chooses, instead of a tier",
     Set<&Reader::NameOf, &RuleSettings::model>},
};

Result<void> CheckRule(Reader& reader, const Node& node, const RuleSettings& rule) {
  if (rule.name.text.empty()) return reader.At(node.mark, "a rule needs a `name`");
  if (rule.tier.has_value() == rule.model.has_value()) {
    return reader.At(node.mark, "a rule needs either `tier` or `model`");
  }
  if (rule.match.empty() && node.Find("when") == nullptr) {
    return reader.At(node.mark, "a rule needs `match` or `when`");
  }
  if (rule.match.empty() && node.Find("on") != nullptr) {
    return reader.At(node.FindKey("on")->mark,
                     "`on` says where `match` looks: there is no `match`");
  }
  return {};
}

}  // namespace

Result<void> ReadRules(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_CHECK_OK(reader.ExpectList(node, "[{name: legal, match: \"(?i)contract\", tier: complex}]"));
  if (node.items.size() > kMaxRules) return reader.At(node.mark, "more than 1000 rules");
  for (const Node& item : node.items) {
    RuleSettings rule;
    WEIR_CHECK_OK(ReadSection<RuleSettings>(reader, item, kRuleOptions, rule));
    WEIR_CHECK_OK(CheckRule(reader, item, rule));
    for (const RuleSettings& other : route.rules) {
      if (other.name.text != rule.name.text) continue;
      return reader.At(rule.name.mark,
                       fmt::format("a second rule of this name: the first stands in "
                                   "line {}",
                                   other.name.mark.line));
    }
    route.rules.push_back(std::move(rule));
  }
  return {};
}

void AppendRuleDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<RuleSettings>("routes.NAME.rules[].", kRuleOptions, docs);
  AppendDocs<RuleWhen>("routes.NAME.rules[].when.", kWhenOptions, docs);
}

}  // namespace weir::config
