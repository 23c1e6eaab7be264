// A Router from the text of a config file, and requests made by hand.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/directory.h"
#include "config/parse.h"
#include "route/router.h"

namespace weir::route {

inline constexpr std::array<const ClassifierRow*, 3> kTestClassifiers = {&kSeed, &kLearned,
                                                                         &kRulesOnly};
inline constexpr std::array<const Signal*, 6> kTestSignals = {
    &kLength, &kTurns, &kTools, &kImages, &kCodeFences, &kPromptTokens};

inline Result<std::shared_ptr<const Router>> MakeRouter(std::string_view yaml,
                                                        std::string_view weights = {}) {
  constexpr std::array<std::string_view, 2> kDialects = {"openai", "simulator"};
  constexpr std::array<std::string_view, 3> kClassifiers = {"seed", "learned", "rules"};
  const config::Environment no_env = [](std::string_view) { return std::nullopt; };
  WEIR_TRY(const config::Settings settings, config::Parse(yaml, "weir.yaml", no_env));
  WEIR_TRY(catalog::Directory directory,
           catalog::Resolve(settings, no_env, kDialects, kClassifiers));
  return Router::Make(std::make_shared<const catalog::Directory>(std::move(directory)),
                      kTestClassifiers, kTestSignals, "weir.yaml", weights);
}

class World {
 public:
  explicit World(std::string_view yaml, std::string_view weights = {}) {
    auto made = MakeRouter(yaml, weights);
    if (!made) ADD_FAILURE() << made.error().message;
    if (made) router_ = *made;
  }
  const Router& router() const { return *router_; }
  const catalog::Directory& directory() const { return router_->directory(); }
  const HealthView& health() const { return health_; }

  Result<Decision> Decide(const chat::Request& request, std::string_view name,
                          WishSource source = WishSource::kBody,
                          const Conversation* known = nullptr) const {
    return router_->Decide(request, {name, source}, health_, known);
  }
  // "a b c": the candidates' aliases in order, or the error's reason.
  std::string Chain(const chat::Request& request, std::string_view name) const {
    auto decision = Decide(request, name);
    if (!decision) return std::string(Traits(decision.error().reason).name);
    std::string chain;
    for (const Candidate& candidate : decision->candidates) {
      if (!chain.empty()) chain += ' ';
      chain += directory().model(candidate.model).name;
    }
    return chain;
  }
  // Why a model was rejected: "too_weak", "capability:vision", or "" when it was not.
  std::string Why(const Decision& decision, std::string_view model) const {
    for (const Rejected& rejected : decision.rejected) {
      if (directory().model(rejected.model).name != model) continue;
      const std::string why(RejectionName(rejected.why));
      return rejected.detail.empty() ? why : why + ":" + rejected.detail;
    }
    return {};
  }
  void Sicken(std::string_view model) { health_.sick.insert(directory().FindModel(model)); }

 private:
  struct Health final : HealthView {
    bool Usable(catalog::ModelId id) const override { return !sick.contains(id); }
    std::set<catalog::ModelId> sick;
  };
  std::shared_ptr<const Router> router_;
  Health health_;
};

// Three tiers over two providers; rules, an alias, embeddings, and models that lack this or that.
inline constexpr std::string_view kWorld = R"(
providers:
  sim: {api: simulator}
  two: {api: simulator}
models:
  flash:    {provider: sim, price: {input: 0.07, output: 0.14}, context: 10k,
             capabilities: [chat, tools, completions]}
  chat:     {providers: [sim, two], price: {input: 0.14, output: 0.28}, context: 20k,
             capabilities: [chat, tools, json_object, completions]}
  reasoner: {provider: sim, price: {input: 0.55, output: 2.19}, context: 40k,
             capabilities: [chat, tools, json_object, json_schema, reasoning]}
  qwen:     {provider: two, price: {input: 0.4, output: 1.2}, context: 80k, capabilities: [chat, vision]}
  strong:   {provider: two, capabilities: [chat, tools, vision]}
  embed-a:  {providers: [sim, two], capabilities: [embeddings], context: 8k}
  both:     {providers: [two, sim], capabilities: [chat, embeddings]}
  other:    {provider: sim, capabilities: [chat, embeddings]}
fallbacks:
  flash: [chat, qwen]
  chat: [qwen, reasoner]
  reasoner: [qwen]
  embed-a: [qwen, both]
routes:
  auto:
    classifier: seed
    tiers: {simple: flash, medium: chat, complex: reasoner}
    rules:
      - {name: legal, match: "(?i)court", tier: complex}
      - {name: pictures, when: {images: true}, model: strong}
      - {name: strongest, match: "^strongest", model: strong}
      - {name: cheap, match: "court|cheap", tier: simple}
  plain: {classifier: rules, tiers: {simple: flash, medium: chat, complex: reasoner}, default: complex}
  alias: {model: qwen}
  vectors: {model: embed-a}
  embedders: {classifier: seed, tiers: {simple: both, medium: other}}
  mixed: {classifier: seed, tiers: {simple: flash, medium: chat, complex: both}}
)";

inline chat::Request Asking(std::string_view last_user) {
  chat::Request request;
  request.last_user = request.all_text = last_user;
  request.text_bytes = static_cast<int64_t>(last_user.size());
  request.wide_bytes = std::ranges::count_if(last_user, [](char c) { return (c & 0x80) != 0; });
  request.messages = 1;
  return request;
}

class WorldTest : public ::testing::Test {
 protected:
  Decision Decide(const chat::Request& request, std::string_view name = "auto") {
    auto decision = world_.Decide(request, name);
    EXPECT_TRUE(decision) << decision.error().message;
    return decision ? *std::move(decision) : Decision{};
  }
  World world_{kWorld};
};

}  // namespace weir::route
