#include "base/moment.h"
#include "base/strings.h"
#include "config/key_settings.h"
#include "config/options.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr size_t kMaxKeys = 100'000;
constexpr size_t kMaxBudgets = 8;
constexpr size_t kShortestKey = 16;  // a shorter one can be guessed
constexpr int64_t kMostAMinute = 1'000'000'000'000;
constexpr Word kPers[] = {{"day"}, {"month"}, {"total"}};  // in the order of Per

Result<void> ReadUsd(Reader& reader, const Node& node, BudgetSettings& budget) {
  WEIR_TRY(budget.limit, reader.UsdOf(node));
  return {};
}

Result<void> ReadPer(Reader& reader, const Node& node, BudgetSettings& budget) {
  WEIR_TRY(const size_t index, reader.Choice(node, kPers));
  budget.per = static_cast<Per>(index);
  return {};
}

constexpr Option<BudgetSettings> kBudgetOptions[] = {
    {"usd", "what may be spent; 0 allows what is free", ReadUsd},
    {"per", "day, month (UTC calendar ones) or total; default month", ReadPer},
};

}  // namespace

Result<BudgetSettings> ReadBudget(Reader& reader, const Node& node) {
  BudgetSettings budget;
  WEIR_CHECK_OK(ReadSection<BudgetSettings>(reader, node, kBudgetOptions, budget));
  if (node.FindKey("usd") == nullptr) return reader.At(node.mark, "`usd` is missing");
  return budget;
}

namespace {

// One, or a list of them that all hold.
template <auto kMember>
Result<void> ReadBudgets(Reader& reader, const Node& node, AllowanceSettings& allowance) {
  std::vector<BudgetSettings>& budgets = allowance.*kMember;
  if (node.kind != Node::Kind::kSequence) {
    WEIR_TRY(budgets.emplace_back(), ReadBudget(reader, node));
    return {};
  }
  for (const Node& item : node.items) {
    WEIR_TRY(const BudgetSettings budget, ReadBudget(reader, item));
    const auto same = [&](const BudgetSettings& other) { return other.per == budget.per; };
    if (std::ranges::any_of(budgets, same)) {
      return reader.At(item.mark, fmt::format("a budget per {} stands here already",
                                              kPers[static_cast<size_t>(budget.per)].word));
    }
    budgets.push_back(budget);
    if (budgets.size() > kMaxBudgets) return reader.At(item.mark, "more than 8 budgets");
  }
  return {};
}

// An amount a month, or a budget.
Result<void> ReadStrong(Reader& reader, const Node& node, AllowanceSettings& allowance) {
  if (node.kind == Node::Kind::kMap) {
    WEIR_TRY(allowance.strong, ReadBudget(reader, node));
    return {};
  }
  BudgetSettings budget;
  WEIR_CHECK_OK(ReadUsd(reader, node, budget));
  allowance.strong = budget;
  return {};
}

Result<void> ReadStrongOver(Reader& reader, const Node& node, AllowanceSettings& allowance) {
  constexpr Word kWords[] = {{"cheaper"}, {"refuse"}};
  WEIR_TRY(const size_t index, reader.Choice(node, kWords));
  allowance.strong_over = static_cast<AllowanceSettings::StrongOver>(index);
  return {};
}

Result<void> ReadExpires(Reader& reader, const Node& node, AllowanceSettings& allowance) {
  WEIR_TRY(const std::string text, reader.Text(node));
  allowance.expires = ParseMoment(text);
  if (allowance.expires) return {};
  return reader.Refuse(node, "is not a UTC time such as 2027-01-01 or 2027-01-01T12:00:00Z");
}

Result<void> ReadTpm(Reader& reader, const Node& node, AllowanceSettings& allowance) {
  WEIR_TRY(allowance.tpm, reader.Tokens(node));
  return {};
}

constexpr Option<AllowanceSettings> kAllowanceOptions[] = {
    {"routes", "the routes that may be asked for; default all",
     Set<&Reader::Names, &AllowanceSettings::routes>},
    {"models", "the models that may be pinned; default all",
     Set<&Reader::Names, &AllowanceSettings::models>},
    {"allow_override", "whether a model may be asked for instead of a route; default false",
     Set<&Reader::Bool, &AllowanceSettings::allow_override>},
    {"rpm", "requests a minute", SetInteger<&AllowanceSettings::rpm, 1, kMostAMinute>},
    {"tpm", "tokens a minute, such as 200k or 2M", ReadTpm},
    {"max_inflight", "requests at work at one time",
     SetInteger<&AllowanceSettings::max_inflight, 1, 1'000'000>},
    {"budget", "{usd, per: day | month | total}, or a list of such that all hold",
     ReadBudgets<&AllowanceSettings::budgets>},
    {"strong_usd", "what may be spent on strong models: USD a month, or {usd, per}", ReadStrong},
    {"strong_over", "when strong_usd is spent: cheaper (weaker models answer) or refuse",
     ReadStrongOver},
    {"user_budget", "a budget, or a list, for each `user` that the requests name",
     ReadBudgets<&AllowanceSettings::user_budgets>},
    {"expires", "UTC time from which on it is refused", ReadExpires},
    {"sample", "whether requests may be asked again to measure quality; default true",
     Set<&Reader::Bool, &AllowanceSettings::sample>},
    {"bodies", "whether prompts and answers may be stored where ledger.bodies does; default true",
     Set<&Reader::Bool, &AllowanceSettings::bodies>},
};

Result<void> ReadDigest(Reader& reader, const Node& node, KeySettings& key) {
  WEIR_TRY(const std::string text, reader.Text(node));
  const std::optional<Sha256Digest> digest = Sha256FromHex(text);
  if (!digest) return reader.Refuse(node, "is not a SHA-256: 64 hexadecimal digits");
  key.digest = *digest;
  return {};
}

Result<void> ReadKey(Reader& reader, const Node& node, KeySettings& key) {
  WEIR_TRY(const Secret secret, reader.SecretOf(node));
  if (!node.expanded) {
    reader.Warn(node.mark, "a key stands in the file in clear: `sha256:` of it is better");
  }
  const std::string_view text = secret.Reveal();
  if (text.size() < kShortestKey) {
    reader.Warn(node.mark, "the key is shorter than 16 characters and can be guessed");
  }
  key.digest = Sha256(text);
  key.shown = text.size() < kShortestKey ? std::string() : std::string(text.substr(0, kShownBytes));
  return {};
}

constexpr Option<KeySettings> kKeyOptions[] = {
    {"name", "what the ledger and reports call it", Set<&Reader::NameOf, &KeySettings::name>},
    {"sha256", "SHA-256 of the key, in hexadecimal", ReadDigest},
    {"key", "the key itself, better as \"${NAME}\"; `sha256` is better still", ReadKey},
    {"shown", "the key's first characters, for lists", Set<&Reader::Line, &KeySettings::shown>},
    {"team", "the team whose limits hold as well", Set<&Reader::NameOf, &KeySettings::team>},
};

// A map whose members are of two tables.
Result<void> ReadKeyMember(Reader& reader, const Name& name, const Node& node, KeySettings& key) {
  const auto named = [&](const auto& option) { return option.key == name.text; };
  Reader::Step step(reader, name.text);
  if (const auto* own = std::ranges::find_if(kKeyOptions, named); own != std::end(kKeyOptions)) {
    return own->read(reader, node, key);
  }
  const auto* shared = std::ranges::find_if(kAllowanceOptions, named);
  if (shared != std::end(kAllowanceOptions)) return shared->read(reader, node, key.allowance);
  std::vector<std::string_view> known;
  for (const auto& option : kKeyOptions) known.push_back(option.key);
  for (const auto& option : kAllowanceOptions) known.push_back(option.key);
  return UnknownKey(reader, name, known);
}

Result<KeySettings> KeyOf(Reader& reader, const Node& node) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{name: team-a, sha256: …, team: core}"));
  KeySettings key;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(ReadKeyMember(reader, node.keys[i], node.items[i], key));
  }
  if (node.FindKey("name") == nullptr) return reader.At(node.mark, "`name` is missing");
  const bool clear = node.FindKey("key") != nullptr;
  const bool digest = node.FindKey("sha256") != nullptr;
  if (!clear && !digest) return reader.At(node.mark, "`sha256` of the key is missing");
  if (clear && digest) return reader.At(node.mark, "`key` and `sha256` exclude each other");
  return key;
}

}  // namespace

Result<void> ReadKeyList(Reader& reader, const Node& node, std::vector<KeySettings>& keys) {
  WEIR_CHECK_OK(reader.ExpectList(node, "[{name: team-a, sha256: …}]"));
  if (node.items.size() > kMaxKeys) return reader.At(node.mark, "more than 100,000 keys");
  for (const Node& item : node.items) {
    WEIR_TRY(KeySettings key, KeyOf(reader, item));
    keys.push_back(std::move(key));
  }
  return {};
}

Result<void> ReadKeys(Reader& reader, const Node& node, Settings& settings) {
  settings.keys_mark = node.mark;
  return ReadKeyList(reader, node, settings.keys);
}

Result<void> ReadTeams(Reader& reader, const Node& node, Settings& settings) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{core: {budget: {usd: 500, per: month}}}"));
  if (node.keys.size() > kMaxKeys) return reader.At(node.mark, "more than 100,000 teams");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Reader::Step step(reader, node.keys[i].text);
    TeamSettings team{node.keys[i], {}};
    WEIR_CHECK_OK(
        ReadSection<AllowanceSettings>(reader, node.items[i], kAllowanceOptions, team.allowance));
    settings.teams.push_back(std::move(team));
  }
  return {};
}

void AppendKeyDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<KeySettings>("keys[].", kKeyOptions, docs);
  AppendDocs<AllowanceSettings>("keys[].", kAllowanceOptions, docs);
  AppendDocs<AllowanceSettings>("teams.NAME.", kAllowanceOptions, docs);
  AppendDocs<BudgetSettings>("keys[].budget.", kBudgetOptions, docs);
}

}  // namespace weir::config
