// BM_Decision: the body read, features, rules, the classifier, the plan; BM_Route: the same of a
// body that is read already; BM_RouteEach: of real prompts in turn. Arguments: bytes of the prompt,
// rules of the user's own, whether the classifier is the learned one.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/prose.h"
#include "bench/router_data.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "config/parse.h"
#include "json/scan.h"
#include "learn/examples.h"
#include "route/router.h"

namespace weir::route {
namespace {

constexpr std::array<const ClassifierRow*, 2> kClassifiers = {&kSeed, &kLearned};
constexpr std::array<const Signal*, 6> kSignals = {&kLength, &kTurns,      &kTools,
                                                   &kImages, &kCodeFences, &kPromptTokens};
constexpr std::string_view kConfig = R"(
providers:
  one: {api: simulator}
  two: {api: simulator}
models:
  cheap:    {provider: one, price: {input: 0.1, output: 0.2}}
  middle:   {provider: two, price: {input: 0.5, output: 1}}
  strong:   {provider: two, price: {input: 2.5, output: 10}}
fallbacks: {cheap: [middle], middle: [strong]}
routes:
  auto:
    tiers: {simple: cheap, medium: middle, complex: strong}
    baseline: strong
)";

// None of the rules matches: each is tried on all of the bounded text.
std::string Config(int64_t rules, bool learned) {
  std::string config(kConfig);
  config += learned ? "    classifier: learned\n" : "    classifier: seed\n";
  if (rules > 0) config += "    rules:\n";
  for (int64_t i = 0; i < rules; ++i) {
    const std::string number = std::to_string(i);
    config += "      - {name: rule-" + number + R"(, match: "(?i)\\b(clause|statute) )" + number +
              R"(\\b", tier: complex})" + "\n";
  }
  return config;
}

Result<std::shared_ptr<const Router>> MakeRouter(int64_t rules, bool learned) {
  constexpr std::array<std::string_view, 2> kDialects = {"openai", "simulator"};
  constexpr std::array<std::string_view, 2> kNames = {"seed", "learned"};
  const config::Environment no_env = [](std::string_view) { return std::nullopt; };
  WEIR_TRY(const config::Settings settings,
           config::Parse(Config(rules, learned), "weir.yaml", no_env));
  WEIR_TRY(catalog::Directory directory, catalog::Resolve(settings, no_env, kDialects, kNames));
  return Router::Make(std::make_shared<const catalog::Directory>(std::move(directory)),
                      kClassifiers, kSignals);
}

void Decide(benchmark::State& state, bool parse_each) {
  auto router = MakeRouter(state.range(1), state.range(2) != 0);
  if (!router) return state.SkipWithError(router.error().message.c_str());
  const std::string body = bench::ChatBody(static_cast<size_t>(state.range(0)), json::kPadding);
  chat::RequestParser parser;
  const HealthView healthy;
  auto request = parser.Parse(chat::Endpoint::kChatCompletions, body);
  for (auto _ : state) {
    if (parse_each) request = parser.Parse(chat::Endpoint::kChatCompletions, body);
    if (!request) return state.SkipWithError("the body is refused");
    auto decision = (*router)->Decide(*request, {request->model, WishSource::kBody}, healthy);
    if (!decision) return state.SkipWithError("nothing is decided");
    benchmark::DoNotOptimize(decision->candidates.data());
  }
  if (parse_each) {
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
  }
}

void BM_Decision(benchmark::State& state) {
  Decide(state, true);
}
void BM_Route(benchmark::State& state) {
  Decide(state, false);
}

// Requests of $WEIR_TESTDATA's dev.jsonl whose prompts are about `bytes` long; 0: all.
class RealRequests {
 public:
  explicit RealRequests(size_t bytes) {
    auto examples = learn::ReadExamples(std::vector{bench::DevPrompts()});
    if (examples) examples_ = *std::move(examples);
    for (const learn::Example& example : examples_) {
      auto parser = std::make_unique<chat::RequestParser>();
      const auto request = learn::RequestOf(example, *parser);
      if (!request) continue;
      const size_t size = request->last_user.size();
      if (bytes != 0 && (size < bytes * 7 / 8 || size > bytes * 9 / 8)) continue;
      requests_.push_back(*request);
      parsers_.push_back(std::move(parser));
    }
  }
  const std::vector<chat::Request>& all() const { return requests_; }

 private:
  std::vector<learn::Example> examples_;
  std::vector<std::unique_ptr<chat::RequestParser>> parsers_;  // of the requests, which are theirs
  std::vector<chat::Request> requests_;
};

// Other prompts each time: what BM_Route finds in the caches has to be fetched.
void BM_RouteEach(benchmark::State& state) {
  auto router = MakeRouter(0, true);
  if (!router) return state.SkipWithError(router.error().message.c_str());
  const RealRequests requests(static_cast<size_t>(state.range(0)));
  if (requests.all().empty()) {
    return state.SkipWithError("the shared data is absent: set WEIR_TESTDATA");
  }
  const HealthView healthy;
  size_t next = 0;
  for (auto _ : state) {
    const chat::Request& request = requests.all()[next];
    auto decision = (*router)->Decide(request, {"auto", WishSource::kBody}, healthy);
    if (!decision) return state.SkipWithError("nothing is decided");
    benchmark::DoNotOptimize(decision->candidates.data());
    next = next + 1 == requests.all().size() ? 0 : next + 1;
  }
}

BENCHMARK(BM_RouteEach)->ArgName("about")->Arg(0)->Arg(1 << 10);
BENCHMARK(BM_Route)
    ->ArgNames({"prompt", "rules", "learned"})
    ->ArgsProduct({{100, 1 << 10, 8 << 10, 200 << 10}, {0}, {1}});

BENCHMARK(BM_Decision)
    ->ArgNames({"prompt", "rules", "learned"})
    ->ArgsProduct({{300, 8 << 10, 200 << 10}, {0, 50}, {0}})
    ->ArgsProduct({{100, 1 << 10, 8 << 10, 200 << 10}, {0}, {1}});

}  // namespace
}  // namespace weir::route
