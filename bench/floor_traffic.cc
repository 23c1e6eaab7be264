#include "bench/floor_traffic.h"

#include <algorithm>

#include "base/hash.h"
#include "learn/examples.h"
#include "route/learned/built_in.h"
#include "route/learned/prompt_reader.h"
#include "route/learned/weights.h"

namespace weir::bench {
namespace {

using route::learned::Evaluation;

Prompt PromptOf(const learn::Example& example, const Evaluation& seen,
                const route::learned::Weights& weights) {
  Prompt prompt;
  prompt.score = seen.score;
  prompt.task = route::learned::LikeliestType(seen);
  prompt.baseline_chance = weights.SuccessChance(seen, weights.BaseCurve(example.strong_model));
  const double weak = example.outcome->weak_score;
  prompt.strong = example.outcome->strong_score;
  const bool able = (Hash64(example.body) & 1) != 0;
  prompt.cheaper = {weak, able ? std::max(weak, prompt.strong) : weak};
  return prompt;
}

}  // namespace

Result<std::vector<Prompt>> ReadTraffic(const std::string& path) {
  WEIR_TRY(const std::vector<learn::Example> examples, learn::ReadExamples(std::vector{path}));
  route::learned::Weights weights;
  if (!weights.Load(route::learned::BuiltInWeights())) {
    return MakeError(Reason::kInternal, "the built-in weights are damaged");
  }
  std::vector<Prompt> prompts;
  chat::RequestParser parser;
  route::learned::PromptReader reader;
  for (const learn::Example& example : examples) {
    if (!example.outcome) continue;
    WEIR_TRY(const chat::Request request, learn::RequestOf(example, parser));
    prompts.push_back(PromptOf(example, reader.Read(weights, request), weights));
  }
  std::ranges::stable_sort(prompts, {}, &Prompt::score);
  return prompts;
}

}  // namespace weir::bench
