#include "route/router.h"

#include "base/strings.h"
#include "route/choice.h"
#include "route/plan.h"
#include "route/rule_set.h"
#include "route/turn.h"

namespace weir::route {
namespace {

using catalog::ModelId;
using catalog::Route;

constexpr size_t kUsualChain = 4;

Choice OfTier(const Route& route, int tier, ShelvedString reason) {
  const auto count = static_cast<double>(route.tiers.size());
  return {route.tiers[static_cast<size_t>(tier)].model, tier, std::move(reason),
          (tier + 0.5) / count};
}

Choice OfModel(const Route& route, ModelId model, ShelvedString reason) {
  const auto found = std::ranges::find(route.tiers, model, &catalog::Tier::model);
  if (found == route.tiers.end()) return {model, -1, std::move(reason)};
  return OfTier(route, static_cast<int>(found - route.tiers.begin()), std::move(reason));
}

Choice Default(const Route& route) {
  if (route.single != catalog::kNoModel) return {route.single, -1, "default"};
  return OfTier(route, route.default_tier, "default");
}

Choice ForEmbeddings(const Route& route, const catalog::Directory& directory) {
  const auto embeds = [&](ModelId id) {
    return (directory.model(id).capabilities & Bit(catalog::Capability::kEmbeddings)) != 0;
  };
  Choice choice = Default(route);
  if (embeds(choice.preferred)) return choice;
  const auto found = std::ranges::find_if(route.tiers, embeds, &catalog::Tier::model);
  return found == route.tiers.end() ? choice : OfModel(route, found->model, "default");
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
      std::string_view file);

  const catalog::Directory& directory() const { return *directory_; }
  Result<Decision> Route(const catalog::Route& route, const chat::Request& request,
                         const HealthView& health, const Conversation* known) const;
  Result<Decision> Pin(ModelId named, std::string_view reason, const chat::Request& request,
                       const HealthView& health) const;
  Result<Decision> PinOpen(catalog::ProviderId provider, Wish wish,
                           const chat::Request& request) const;

 private:
  struct CompiledRoute {
    RuleSet rules;
    const Classifier* classifier;  // nullptr: a route of one model
    std::vector<RouteModel> models;
  };

  Result<const Classifier*> Classifying(std::string_view name,
                                        std::span<const ClassifierRow* const> rows);
  Decision Begin(const Features& features) const;
  Choice Choose(const catalog::Route& route, const CompiledRoute& compiled,
                const Features& features, const Conversation* known, Decision* decision) const;
  Choice Classified(const catalog::Route& route, const CompiledRoute& compiled,
                    const Features& features) const;

  std::shared_ptr<const catalog::Directory> directory_;
  std::map<std::string, std::unique_ptr<const Classifier>, std::less<>> classifiers_;
  std::vector<const Signal*> signals_;
  std::vector<CompiledRoute> routes_;  // by RouteId
};

Result<std::unique_ptr<const Router::Compiled>> Router::Compiled::Make(
    std::shared_ptr<const catalog::Directory> directory,
    std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
    std::string_view file) {
  auto compiled = std::make_unique<Compiled>();
  compiled->directory_ = std::move(directory);
  compiled->signals_.assign(signals.begin(), signals.end());
  for (const catalog::Route& route : compiled->directory_->routes()) {
    WEIR_TRY(RuleSet rules, RuleSet::Compile(route.rules, file));
    const Classifier* classifier = nullptr;
    if (route.single == catalog::kNoModel) {
      WEIR_TRY(classifier, compiled->Classifying(route.classifier, classifiers));
    }
    compiled->routes_.push_back(
        {std::move(rules), classifier, ModelsOf(route, *compiled->directory_)});
  }
  return compiled;
}

Result<const Classifier*> Router::Compiled::Classifying(
    std::string_view name, std::span<const ClassifierRow* const> rows) {
  if (const auto known = classifiers_.find(name); known != classifiers_.end()) {
    return known->second.get();
  }
  const auto row = std::ranges::find(rows, name, &ClassifierRow::name);
  if (row == rows.end()) {
    return MakeError(Reason::kConfig, fmt::format("classifier `{}` is not built in", name));
  }
  WEIR_TRY(auto made, (*row)->make());
  return classifiers_.emplace(name, std::move(made)).first->second.get();
}

Decision Router::Compiled::Begin(const Features& features) const {
  Decision decision;
  decision.estimated_prompt_tokens = features.request().EstimatedPromptTokens();
  decision.signals.reserve(signals_.size());
  decision.candidates.reserve(kUsualChain);
  for (const Signal* signal : signals_) {
    decision.signals.push_back({signal->name, signal->evaluate(features)});
  }
  return decision;
}

Choice Router::Compiled::Choose(const catalog::Route& route, const CompiledRoute& compiled,
                                const Features& features, const Conversation* known,
                                Decision* decision) const {
  if (features.request().endpoint == chat::Endpoint::kEmbeddings) {
    return ForEmbeddings(route, *directory_);
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
    return Classified(route, compiled, features);
  }
  Turn turn(*directory_, route, compiled.models, features.request(),
            decision->estimated_prompt_tokens, known);
  if (auto before = turn.Before()) return *std::move(before);
  Choice choice = turn.Weigh(Classified(route, compiled, features));
  decision->weighed = turn.weighed();
  return choice;
}

Choice Router::Compiled::Classified(const catalog::Route& route, const CompiledRoute& compiled,
                                    const Features& features) const {
  if (compiled.classifier == nullptr) return Default(route);
  const Verdict verdict = compiled.classifier->Classify(features);
  int tier = verdict.ranked ? route.TierOfShare(verdict.score) : -1;
  if (!verdict.tier.empty()) tier = route.TierIndex(verdict.tier);
  if (tier < 0) {
    Choice choice = Default(route);
    if (!verdict.reason.empty()) choice.reason = verdict.reason;
    return choice;
  }
  return {route.tiers[static_cast<size_t>(tier)].model, tier, ShelvedString(verdict.reason),
          verdict.score};
}

Result<Decision> Router::Compiled::Route(const catalog::Route& route, const chat::Request& request,
                                         const HealthView& health,
                                         const Conversation* known) const {
  const Features features(request);
  const CompiledRoute& compiled = routes_[route.id];
  Decision decision = Begin(features);
  Choice choice = Choose(route, compiled, features, known, &decision);
  decision.route = &route;
  decision.reason = std::move(choice.reason);
  decision.score = choice.score;
  decision.forgone = choice.forgone;
  const bool kept = known != nullptr && decision.reason.starts_with("sticky");
  if (choice.tier >= 0) decision.tier = route.tiers[static_cast<size_t>(choice.tier)].name;
  Plan plan(*directory_, request, health, &decision);
  WEIR_CHECK_OK(plan.Routed(choice.preferred, choice.tier, compiled.models));
  const Candidate& first = decision.candidates.front();
  if (kept && (first.model != choice.preferred || !first.healthy)) {
    return Route(route, request, health, nullptr);
  }
  return decision;
}

Result<Decision> Router::Compiled::Pin(ModelId named, std::string_view reason,
                                       const chat::Request& request,
                                       const HealthView& health) const {
  Decision decision = Begin(Features(request));
  decision.reason = reason;
  Plan plan(*directory_, request, health, &decision);
  WEIR_CHECK_OK(plan.Pinned(named));
  return decision;
}

Result<Decision> Router::Compiled::PinOpen(catalog::ProviderId provider, Wish wish,
                                           const chat::Request& request) const {
  const catalog::Provider& open = directory_->provider(provider);
  if (open.key_missing) {
    return MakeError(
        Reason::kNoEligibleModel,
        fmt::format("provider `{}` has no key: {} is not set", open.name, open.key_env), "model");
  }
  Decision decision = Begin(Features(request));
  decision.reason = PinReason(wish.source);
  decision.open_provider = provider;
  decision.open_upstream = wish.name.substr(open.name.size() + 1);
  decision.candidates.push_back(Priced(open.prices, request, decision.estimated_prompt_tokens));
  return decision;
}

Result<std::shared_ptr<const Router>> Router::Make(
    std::shared_ptr<const catalog::Directory> directory,
    std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
    std::string_view file) {
  WEIR_TRY(auto compiled, Compiled::Make(std::move(directory), classifiers, signals, file));
  return std::shared_ptr<const Router>(new Router(std::move(compiled)));
}

Router::Router(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Router::~Router() = default;

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
    return compiled_->PinOpen(*open, wish, request);
  }
  return UnknownModel(wish.name, directory());
}

}  // namespace weir::route
