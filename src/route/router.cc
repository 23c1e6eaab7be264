#include "route/router.h"

#include "base/hash.h"
#include "base/strings.h"
#include "route/choice.h"
#include "route/compiled_route.h"
#include "route/measuring.h"
#include "route/plan.h"

namespace weir::route {
namespace {

using catalog::ModelId;
using catalog::Route;

constexpr size_t kUsualChain = 4;

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
  const CompiledRoute& Of(const catalog::Route& route) const { return routes_[route.id]; }
  uint32_t weights() const { return weights_; }

 private:
  Result<const Classifier*> Classifying(std::string_view name,
                                        std::span<const ClassifierRow* const> rows,
                                        std::string_view weights);
  Decision Begin(const Features& features, WallMicros time) const;

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
    const Classifier* classifier = nullptr;
    if (route.single == catalog::kNoModel) {
      WEIR_TRY(classifier, compiled->Classifying(route.classifier, classifiers, weights));
    }
    WEIR_TRY(CompiledRoute made,
             CompiledRoute::Make(*compiled->directory_, route, classifier, file));
    compiled->routes_.push_back(std::move(made));
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

Result<Decision> Router::Compiled::Route(const catalog::Route& route, const chat::Request& request,
                                         const HealthView& health,
                                         const Conversation* known) const {
  const Features features(request);
  const CompiledRoute& compiled = routes_[route.id];
  Decision decision = Begin(features, health.Time());
  Choice choice = compiled.Choose(features, health, known, &decision);
  decision.route = &route;
  decision.reason = std::move(choice.reason);
  decision.score = choice.score;
  decision.forgone = choice.forgone;
  const bool kept = known != nullptr && decision.reason.starts_with("sticky");
  if (choice.tier >= 0) decision.tier = route.tiers[static_cast<size_t>(choice.tier)].name;
  Plan plan(*directory_, request, health, &decision);
  WEIR_CHECK_OK(plan.Routed(choice.preferred, choice.tier, compiled.models(), choice.others));
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
  if (decision->route == nullptr) return;
  compiled_->Of(*decision->route).AddChances(Features(request), decision);
}

Router::Start Router::StartOf(const catalog::Route& route, size_t measured) const {
  return compiled_->Of(route).StartOf(measured, compiled_->weights());
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
