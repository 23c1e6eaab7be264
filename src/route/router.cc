#include "route/router.h"

#include "base/hash.h"
#include "base/strings.h"
#include "route/choice.h"
#include "route/floor_choice.h"
#include "route/floor_policy.h"
#include "route/measuring.h"
#include "route/plan.h"
#include "route/rule_set.h"
#include "route/turn.h"

namespace weir::route {
namespace {

using catalog::ModelId;
using catalog::Route;

constexpr size_t kUsualChain = 4;

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

std::string_view PinReason(WishSource source) {
  return source == WishSource::kBody ? "pinned" : "override";
}

Error UnknownModel(std::string_view name, const catalog::Directory& directory) {
  std::string message = fmt::format("no model or route is called `{}`", Utf8Prefix(name, 128));
  const std::string_view near = directory.Nearest(name);
  message += Suggestion(near);
  return MakeError(Reason::kModelNotFound, std::move(message), "model");
}

}  // namespace

class Router::Compiled {
 public:
  static Result<std::unique_ptr<const Compiled>> Make(
      std::shared_ptr<const catalog::Directory> directory,
      std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
      std::string_view file, std::string_view weights);

  const catalog::Directory& directory() const { return *directory_; }
  Result<Decision> Route(const catalog::Route& route, const chat::Request& request,
                         const HealthView& health, const Conversation* known) const;
  Result<Decision> Pin(ModelId named, std::string_view reason, const chat::Request& request,
                       const HealthView& health) const;
  Result<Decision> PinOpen(catalog::ProviderId provider, Wish wish, const chat::Request& request,
                           WallMicros time) const;
  void AddChances(const chat::Request& request, Decision* decision) const;
  Start StartOf(const catalog::Route& route, size_t measured) const;

 private:
  struct CompiledRoute {
    RuleSet rules;
    const Classifier* classifier;  // nullptr: a route of one model
    std::vector<RouteModel> models;
    std::unique_ptr<const Outlook> outlook;  // of `judged`; nullptr: the classifier has none
    std::vector<ModelId> judged;
  };

  Result<const Classifier*> Classifying(std::string_view name,
                                        std::span<const ClassifierRow* const> rows,
                                        std::string_view weights);
  void LookOut(const catalog::Route& route, CompiledRoute* compiled) const;
  Verdict Judge(const CompiledRoute& compiled, const Features& features, Decision* decision) const;
  Decision Begin(const Features& features, WallMicros time) const;
  Choice Choose(const catalog::Route& route, const CompiledRoute& compiled,
                const Features& features, const HealthView& health, const Conversation* known,
                Decision* decision) const;
  Choice Classified(const catalog::Route& route, const CompiledRoute& compiled,
                    const Features& features, const HealthView& health, Turn* turn,
                    Decision* decision) const;

  std::shared_ptr<const catalog::Directory> directory_;
  std::map<std::string, std::unique_ptr<const Classifier>, std::less<>> classifiers_;
  std::vector<const Signal*> signals_;
  std::vector<CompiledRoute> routes_;  // by RouteId
  uint32_t weights_ = 0;               // a hash of `weir train`'s, even; 0: the built-in ones
};

Result<std::unique_ptr<const Router::Compiled>> Router::Compiled::Make(
    std::shared_ptr<const catalog::Directory> directory,
    std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
    std::string_view file, std::string_view weights) {
  auto compiled = std::make_unique<Compiled>();
  compiled->directory_ = std::move(directory);
  if (!weights.empty()) compiled->weights_ = static_cast<uint32_t>(Hash64(weights)) & ~1U;
  compiled->signals_.assign(signals.begin(), signals.end());
  for (const catalog::Route& route : compiled->directory_->routes()) {
    WEIR_TRY(RuleSet rules, RuleSet::Compile(route.rules, file));
    const Classifier* classifier = nullptr;
    if (route.single == catalog::kNoModel) {
      WEIR_TRY(classifier, compiled->Classifying(route.classifier, classifiers, weights));
    }
    compiled->routes_.push_back(
        {std::move(rules), classifier, ModelsOf(route, *compiled->directory_), nullptr, {}});
    compiled->LookOut(route, &compiled->routes_.back());
  }
  return compiled;
}

Result<const Classifier*> Router::Compiled::Classifying(std::string_view name,
                                                        std::span<const ClassifierRow* const> rows,
                                                        std::string_view weights) {
  if (const auto known = classifiers_.find(name); known != classifiers_.end()) {
    return known->second.get();
  }
  const auto row = std::ranges::find(rows, name, &ClassifierRow::name);
  if (row == rows.end()) {
    return MakeError(Reason::kConfig, fmt::format("classifier `{}` is not built in", name));
  }
  const bool trained = !weights.empty() && (*row)->with != nullptr;
  WEIR_TRY(auto made, trained ? (*row)->with(weights) : (*row)->make());
  return classifiers_.emplace(name, std::move(made)).first->second.get();
}

void Router::Compiled::LookOut(const catalog::Route& route, CompiledRoute* compiled) const {
  if (compiled->classifier == nullptr) return;
  for (const RouteModel& entry : compiled->models) compiled->judged.push_back(entry.model);
  const bool apart = std::ranges::find(compiled->judged, route.baseline) == compiled->judged.end();
  if (apart && route.baseline != catalog::kNoModel) compiled->judged.push_back(route.baseline);
  std::vector<ModelFacts> facts;
  for (const ModelId id : compiled->judged) {
    const catalog::Model& model = directory_->model(id);
    facts.push_back({model.upstream, UsdAPrompt(model)});
  }
  compiled->outlook = compiled->classifier->OutlookOf(facts);
}

// The verdict, and everyone's chances into the decision.
Verdict Router::Compiled::Judge(const CompiledRoute& compiled, const Features& features,
                                Decision* decision) const {
  std::vector<Chance> chances(compiled.judged.size());
  const Verdict verdict = compiled.outlook->Judge(features, chances);
  decision->chances.clear();
  for (size_t i = 0; i < chances.size(); ++i) {
    decision->chances.push_back({compiled.judged[i], chances[i]});
  }
  return verdict;
}

void Router::Compiled::AddChances(const chat::Request& request, Decision* decision) const {
  if (decision->route == nullptr || !decision->chances.empty()) return;
  const catalog::Route& route = *decision->route;
  const CompiledRoute& compiled = routes_[route.id];
  if (compiled.outlook == nullptr) return;
  const Verdict verdict = Judge(compiled, Features(request), decision);
  if (!route.floor) return;
  for (Measurable& entry : decision->measurable) {
    const ModelId model = route.quality->measured[static_cast<size_t>(entry.index)].model;
    entry.need = NeedOf(*ChanceOf(*decision, model), *ChanceOf(*decision, route.baseline),
                        route.floor->share, verdict.score);
  }
}

Router::Start Router::Compiled::StartOf(const catalog::Route& route, size_t measured) const {
  if (!route.floor) return {1, weights_};
  const CompiledRoute& compiled = routes_[route.id];
  const ModelId model = route.quality->measured[measured].model;
  const auto proven = [&](ModelId id) {
    const auto found = std::ranges::find(compiled.judged, id);
    return compiled.outlook->Proven(static_cast<size_t>(found - compiled.judged.begin()));
  };
  if (proven(model) && proven(route.baseline)) return {kNeedAtFloor, weights_ | 1};
  if (route.floor->baseline_until_proven) return {0, weights_};
  // As far as its tiers reach.
  Start start{0, weights_};
  for (size_t i = 0; i < route.tiers.size(); ++i) {
    const bool last = i + 1 == route.tiers.size();
    if (route.tiers[i].model == model) start.crest = last ? 1 : route.shares[i];
  }
  return start;
}

Decision Router::Compiled::Begin(const Features& features, WallMicros time) const {
  Decision decision;
  decision.time = time;
  decision.expected_answer_tokens = AssumedAnswerTokens(features.request());
  decision.estimated_prompt_tokens = features.request().EstimatedPromptTokens();
  decision.signals.reserve(signals_.size());
  decision.candidates.reserve(kUsualChain);
  for (const Signal* signal : signals_) {
    decision.signals.push_back({signal->name, signal->evaluate(features)});
  }
  return decision;
}

Choice Router::Compiled::Choose(const catalog::Route& route, const CompiledRoute& compiled,
                                const Features& features, const HealthView& health,
                                const Conversation* known, Decision* decision) const {
  if (features.request().endpoint == chat::Endpoint::kEmbeddings) {
    return EmbeddingsOf(route, *directory_);
  }
  if (const int rule = compiled.rules.FirstMatch(features); rule >= 0) {
    const auto index = static_cast<size_t>(rule);
    ShelvedString reason("rule:");
    reason += route.rules[index].name.text;
    if (route.rule_models[index] != catalog::kNoModel) {
      return OfModel(route, route.rule_models[index], std::move(reason));
    }
    return OfTier(route, route.rule_tiers[index], std::move(reason));
  }
  const bool chats = features.request().endpoint == chat::Endpoint::kChatCompletions;
  if (compiled.classifier == nullptr || !route.sticky.on || !chats) {
    return Classified(route, compiled, features, health, nullptr, decision);
  }
  Turn turn(*directory_, route, compiled.models, features.request(),
            decision->estimated_prompt_tokens, known, decision->time);
  if (auto before = turn.Before()) return *std::move(before);
  if (route.floor && turn.known_model() != catalog::kNoModel && route.sticky.prompt_cache) {
    decision->warm_model = turn.known_model();
    decision->warm_tokens = WarmTokens(*known, decision->estimated_prompt_tokens);
  }
  Choice choice = Classified(route, compiled, features, health, &turn, decision);
  decision->weighed = turn.weighed();
  return choice;
}

// What a conversation makes of it, where `turn` is not null.
Choice Router::Compiled::Classified(const catalog::Route& route, const CompiledRoute& compiled,
                                    const Features& features, const HealthView& health, Turn* turn,
                                    Decision* decision) const {
  if (compiled.classifier == nullptr) return DefaultOf(route);
  const Verdict verdict =
      route.floor ? Judge(compiled, features, decision) : compiled.classifier->Classify(features);
  Note(verdict, features.request(), decision);
  if (route.floor) {
    return ChooseByFloor({*directory_, route, features, health, verdict}, turn, decision);
  }
  Choice choice = ByVerdict(route, verdict);
  HandUpTiers(route, verdict, health, &choice, decision);
  return turn == nullptr ? choice : turn->Weigh(std::move(choice));
}

Result<Decision> Router::Compiled::Route(const catalog::Route& route, const chat::Request& request,
                                         const HealthView& health,
                                         const Conversation* known) const {
  const Features features(request);
  const CompiledRoute& compiled = routes_[route.id];
  Decision decision = Begin(features, health.Time());
  Choice choice = Choose(route, compiled, features, health, known, &decision);
  decision.route = &route;
  decision.reason = std::move(choice.reason);
  decision.score = choice.score;
  decision.forgone = choice.forgone;
  const bool kept = known != nullptr && decision.reason.starts_with("sticky");
  if (choice.tier >= 0) decision.tier = route.tiers[static_cast<size_t>(choice.tier)].name;
  Plan plan(*directory_, request, health, &decision);
  WEIR_CHECK_OK(plan.Routed(choice.preferred, choice.tier, compiled.models, choice.others));
  const Candidate& first = decision.candidates.front();
  if (kept && (first.model != choice.preferred || !first.healthy)) {
    return Route(route, request, health, nullptr);
  }
  AddAnswering(route, *directory_, &decision);
  return decision;
}

Result<Decision> Router::Compiled::Pin(ModelId named, std::string_view reason,
                                       const chat::Request& request,
                                       const HealthView& health) const {
  Decision decision = Begin(Features(request), health.Time());
  decision.reason = reason;
  Plan plan(*directory_, request, health, &decision);
  WEIR_CHECK_OK(plan.Pinned(named));
  return decision;
}

Result<Decision> Router::Compiled::PinOpen(catalog::ProviderId provider, Wish wish,
                                           const chat::Request& request, WallMicros time) const {
  const catalog::Provider& open = directory_->provider(provider);
  if (open.key_missing) {
    return MakeError(
        Reason::kNoEligibleModel,
        fmt::format("provider `{}` has no key: {} is not set", open.name, open.key_env), "model");
  }
  Decision decision = Begin(Features(request), time);
  decision.reason = PinReason(wish.source);
  decision.open_provider = provider;
  decision.open_upstream = wish.name.substr(open.name.size() + 1);
  decision.candidates.push_back(Priced(open.prices, decision));
  return decision;
}

Result<std::shared_ptr<const Router>> Router::Make(
    std::shared_ptr<const catalog::Directory> directory,
    std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
    std::string_view file, std::string_view weights) {
  WEIR_TRY(auto compiled,
           Compiled::Make(std::move(directory), classifiers, signals, file, weights));
  return std::shared_ptr<const Router>(new Router(std::move(compiled)));
}

Router::Router(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Router::~Router() = default;

void Router::AddChances(const chat::Request& request, Decision* decision) const {
  compiled_->AddChances(request, decision);
}

Router::Start Router::StartOf(const catalog::Route& route, size_t measured) const {
  return compiled_->StartOf(route, measured);
}

const catalog::Directory& Router::directory() const {
  return compiled_->directory();
}

Result<Decision> Router::Decide(const chat::Request& request, Wish wish, const HealthView& health,
                                const Conversation* known) const {
  if (wish.name.empty()) return MakeError(Reason::kBadRequest, "no model is named", "model");
  if (const Route* route = directory().FindRoute(wish.name)) {
    return compiled_->Route(*route, request, health, known);
  }
  if (const ModelId named = directory().FindModel(wish.name); named != catalog::kNoModel) {
    return compiled_->Pin(named, PinReason(wish.source), request, health);
  }
  if (const auto open = directory().FindOpenProvider(wish.name)) {
    return compiled_->PinOpen(*open, wish, request, health.Time());
  }
  return UnknownModel(wish.name, directory());
}

}  // namespace weir::route
