// What a row of the ledger allows to decide again without the request's text.
#include <algorithm>

#include "app/redo.h"
#include "gateway/accounting.h"
#include "route/classifier.h"

namespace weir::app {
namespace {

using catalog::ModelId;
using catalog::Route;

bool SameRule(const config::RuleSettings& a, const config::RuleSettings& b) {
  const auto text = [](const std::optional<config::Name>& name) {
    return name ? name->text : std::string();
  };
  return a.name.text == b.name.text && a.match == b.match && a.on_all == b.on_all &&
         a.when.tools == b.when.tools && a.when.images == b.when.images &&
         a.when.min_tokens == b.when.min_tokens && text(a.tier) == text(b.tier) &&
         text(a.model) == text(b.model);
}

struct Outcome {
  ModelId model = catalog::kNoModel;
  std::string tier;
  std::string_view why;  // it cannot be told
};

Outcome OfTier(const Route& route, int tier) {
  if (tier < 0) return {catalog::kNoModel, {}, "the route has not that tier any more"};
  const catalog::Tier& found = route.tiers[static_cast<size_t>(tier)];
  return {found.model, found.name, {}};
}

// Of the rule that decided, which both configs have.
Outcome OfRule(const Route& route, std::string_view name) {
  const auto rule = std::ranges::find_if(
      route.rules, [&](const config::RuleSettings& each) { return each.name.text == name; });
  if (rule == route.rules.end()) return {catalog::kNoModel, {}, "the rule is gone"};
  const auto index = static_cast<size_t>(rule - route.rules.begin());
  if (route.rule_models[index] != catalog::kNoModel) return {route.rule_models[index], {}, {}};
  return OfTier(route, route.rule_tiers[index]);
}

Outcome OfRoute(const ledger::Record& row, const Loaded& before, const Loaded& after) {
  const Route* fresh = after.router->directory().FindRoute(row.route);
  const Route* old = before.router->directory().FindRoute(row.route);
  if (fresh == nullptr) return {catalog::kNoModel, {}, "the route is gone"};
  if (fresh->single != catalog::kNoModel) return {fresh->single, {}, {}};
  if (fresh->floor) return {catalog::kNoModel, {}, "a floor reads the text"};
  if (old == nullptr) return {catalog::kNoModel, {}, "the route is new"};
  if (!std::ranges::equal(fresh->rules, old->rules, SameRule)) {
    return {catalog::kNoModel, {}, "other rules read the text"};
  }
  constexpr std::string_view kRule = "rule:";
  const std::string_view reason = row.reason;
  if (reason.starts_with(kRule)) return OfRule(*fresh, reason.substr(kRule.size()));
  if (fresh->classifier != old->classifier) {
    return {catalog::kNoModel, {}, "another classifier reads the text"};
  }
  if (before.settings.weights.text != after.settings.weights.text) {
    return {catalog::kNoModel, {}, "other weights read the text"};
  }
  if (reason == route::kByText || reason == route::kByQuestionAndCode) {
    return OfTier(*fresh, fresh->TierOfShare(row.score));
  }
  return OfTier(*fresh, fresh->TierIndex(row.tier));
}

}  // namespace

bool IsRedoable(const ledger::Record& row, Replay* replay) {
  if (row.outcome != "ok" || row.model.empty()) {
    replay->Skip("it failed");
    return false;
  }
  if (row.cache == "hit" || row.cache == "shared") {
    replay->Skip("it cost nothing: cached");
    return false;
  }
  return true;
}

void RedoRow(const ledger::Record& row, const Loaded& before, const Loaded& after, Replay* replay) {
  if (!IsRedoable(row, replay)) return;
  const catalog::Directory& fresh = after.router->directory();
  Outcome outcome;
  if (row.route.empty()) {
    outcome.model = fresh.FindModel(row.model);
    if (outcome.model == catalog::kNoModel) outcome.why = "the pinned model is gone";
  } else {
    outcome = OfRoute(row, before, after);
  }
  if (!outcome.why.empty()) return replay->Skip(outcome.why);
  Redone redone;
  redone.before.model = row.model;
  redone.before.tier = row.tier;
  if (row.priced) redone.before.cost = row.cost;
  const catalog::Model& model = fresh.model(outcome.model);
  redone.after.model = model.name;
  redone.after.tier = outcome.tier;
  if (model.prices) {
    const Result<NanoUsd> cost =
        catalog::Cost(gateway::UsageOf(row.tokens), *model.prices, row.time);
    if (cost) redone.after.cost = *cost;
  }
  replay->Add(redone);
}

}  // namespace weir::app
