#include "route/compiled_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "route/floor_choice.h"
#include "route/floor_policy.h"
#include "route/measuring.h"
#include "route/turn.h"

namespace weir::route {
namespace {

using catalog::ModelId;

void Note(const Verdict& verdict, const chat::Request& request, Decision* decision) {
  decision->task = verdict.task;
  decision->language = verdict.language;
  decision->ranked = verdict.ranked;
  if (verdict.answer_tokens <= 0) return;
  decision->expected_answer_tokens = AssumedAnswerTokens(request, verdict.answer_tokens);
}

// What the training data's costs a prompt are held against: 200 tokens and an answer of 100.
std::optional<double> UsdAPrompt(const catalog::Model& model) {
  if (!model.prices) return std::nullopt;
  const Result<NanoUsd> cost =
      catalog::Cost({.prompt = 200, .completion = 100}, *model.prices, catalog::kNoTime);
  if (!cost) return std::nullopt;
  return static_cast<double>(cost->nano) * 1e-9;
}

}  // namespace

CompiledRoute::CompiledRoute(const catalog::Directory& directory, const catalog::Route& route,
                             RuleSet rules, const Classifier* classifier)
    : directory_(&directory),
      route_(&route),
      rules_(std::move(rules)),
      classifier_(classifier),
      models_(ModelsOf(route, directory)) {}

Result<CompiledRoute> CompiledRoute::Make(const catalog::Directory& directory,
                                          const catalog::Route& route, const Classifier* classifier,
                                          std::string_view file) {
  WEIR_TRY(RuleSet rules, RuleSet::Compile(route.rules, file));
  CompiledRoute made(directory, route, std::move(rules), classifier);
  made.LookOut();
  return made;
}

void CompiledRoute::LookOut() {
  if (classifier_ == nullptr) return;
  for (const RouteModel& entry : models_) judged_.push_back(entry.model);
  const bool apart = std::ranges::find(judged_, route_->baseline) == judged_.end();
  if (apart && route_->baseline != catalog::kNoModel) judged_.push_back(route_->baseline);
  std::vector<ModelFacts> facts;
  for (const ModelId id : judged_) {
    const catalog::Model& model = directory_->model(id);
    facts.push_back({model.upstream, UsdAPrompt(model)});
  }
  outlook_ = classifier_->OutlookOf(facts);
}

// The verdict, and everyone's chances into the decision.
Verdict CompiledRoute::Judge(const Features& features, Decision* decision) const {
  std::vector<Chance> chances(judged_.size());
  const Verdict verdict = outlook_->Judge(features, chances);
  decision->chances.clear();
  for (size_t i = 0; i < chances.size(); ++i) {
    decision->chances.push_back({judged_[i], chances[i]});
  }
  return verdict;
}

void CompiledRoute::AddChances(const Features& features, Decision* decision) const {
  if (outlook_ == nullptr || !decision->chances.empty()) return;
  const Verdict verdict = Judge(features, decision);
  if (!route_->floor) return;
  for (Measurable& entry : decision->measurable) {
    const ModelId model = route_->quality->measured[static_cast<size_t>(entry.index)].model;
    entry.need = NeedOf(*ChanceOf(*decision, model), *ChanceOf(*decision, route_->baseline),
                        route_->floor->share, verdict.score);
  }
}

// In dollars on a usual prompt; 0: not known.
double CompiledRoute::SavingOf(ModelId model) const {
  const std::optional<double> dear = UsdAPrompt(directory_->model(route_->baseline));
  const std::optional<double> cheap = UsdAPrompt(directory_->model(model));
  return dear && cheap ? *dear - *cheap : 0;
}

Router::Start CompiledRoute::StartOf(size_t measured, uint32_t weights) const {
  if (!route_->floor) return {1, weights};
  const ModelId model = route_->quality->measured[measured].model;
  const auto proven = [&](ModelId id) {
    const auto found = std::ranges::find(judged_, id);
    return outlook_->Proven(static_cast<size_t>(found - judged_.begin()));
  };
  Router::Start start{0, weights, SavingOf(model)};
  if (proven(model) && proven(route_->baseline)) {
    start.crest = kNeedAtFloor;
    start.scale |= 1;
    return start;
  }
  if (route_->floor->baseline_until_proven) return start;
  // As far as its tiers reach.
  for (size_t i = 0; i < route_->tiers.size(); ++i) {
    const bool last = i + 1 == route_->tiers.size();
    if (route_->tiers[i].model == model) start.crest = last ? 1 : route_->shares[i];
  }
  return start;
}

Choice CompiledRoute::Choose(const Features& features, const HealthView& health,
                             const Conversation* known, Decision* decision) const {
  if (features.request().endpoint == chat::Endpoint::kEmbeddings) {
    return EmbeddingsOf(*route_, *directory_);
  }
  if (const int rule = rules_.FirstMatch(features); rule >= 0) {
    const auto index = static_cast<size_t>(rule);
    ShelvedString reason("rule:");
    reason += route_->rules[index].name.text;
    if (route_->rule_models[index] != catalog::kNoModel) {
      return OfModel(*route_, route_->rule_models[index], std::move(reason));
    }
    return OfTier(*route_, route_->rule_tiers[index], std::move(reason));
  }
  const bool chats = features.request().endpoint == chat::Endpoint::kChatCompletions;
  if (classifier_ == nullptr || !route_->sticky.on || !chats) {
    return Classified(features, health, nullptr, decision);
  }
  Turn turn(*directory_, *route_, models_, features.request(), decision->estimated_prompt_tokens,
            known, decision->time);
  if (auto before = turn.Before()) return *std::move(before);
  if (route_->floor && turn.known_model() != catalog::kNoModel && route_->sticky.prompt_cache) {
    decision->warm_model = turn.known_model();
    decision->warm_tokens = WarmTokens(*known, decision->estimated_prompt_tokens);
  }
  Choice choice = Classified(features, health, &turn, decision);
  decision->weighed = turn.weighed();
  return choice;
}

// What a conversation makes of it, where `turn` is not null.
Choice CompiledRoute::Classified(const Features& features, const HealthView& health, Turn* turn,
                                 Decision* decision) const {
  if (classifier_ == nullptr) return DefaultOf(*route_);
  const Verdict verdict =
      route_->floor ? Judge(features, decision) : classifier_->Classify(features);
  Note(verdict, features.request(), decision);
  if (route_->floor) {
    return ChooseByFloor({*directory_, *route_, features, health, verdict}, turn, decision);
  }
  Choice choice = ByVerdict(*route_, verdict);
  HandUpTiers(*route_, verdict, health, &choice, decision);
  return turn == nullptr ? choice : turn->Weigh(std::move(choice));
}

}  // namespace weir::route
