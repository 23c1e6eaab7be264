// A labelled prompt as training sees it: its features, read the way serving reads them.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "learn/examples.h"
#include "route/learned/weights.h"

namespace weir::learn {

using route::learned::FeatureVector;
using route::learned::kBuckets;
using route::learned::kScalars;
using route::learned::Weights;

struct TrainingRow {
  std::string source, category, subject;
  double gain = 0;        // strong minus weak score
  double difficulty = 0;  // 1 - the mean score of all models that were asked
  std::vector<std::pair<std::string, double>> scores, costs;  // by model, where many were asked
  std::vector<std::pair<std::string, double>> pair;           // else of the two that were
  FeatureVector features;
};

// A user's own label: which prompts need the strong model, how well each model answers them.
struct OwnLabel {
  // 0..1 or, of a pair, the strong model's gain. Of an outcome, else of a verdict or the scores:
  // how badly the models did.
  double need = 0;
  enum class Kind : uint8_t { kOutcome, kVerdict, kScores } kind = Kind::kOutcome;
  std::vector<std::pair<std::string, double>> scores;  // by model
  FeatureVector features;
};
// Of the examples that say something; the others are left out. Errors name the row's id.
Result<std::vector<OwnLabel>> OwnLabelsOf(std::span<const Example> examples);

// Of the examples with an outcome. Errors name the row's id.
Result<std::vector<TrainingRow>> RowsOf(std::span<const Example> examples);
// A prompt as people send them.
struct OpenPrompt {
  FeatureVector features;
  double weight = 1;
  double of_traffic = 0;  // its part of ordinary traffic, on no scale; 0: not judged
};
// Of every example, labelled or not. A source weighs as the root of its size, so that no large one
// drowns the others. Those of the categories "easy", "medium" and "hard" are judged: each category
// is so much of ordinary traffic as the usual shares of the tiers say, 0.6, 0.3 and 0.1.
Result<std::vector<OpenPrompt>> OpenPromptsOf(std::span<const Example> examples);

}  // namespace weir::learn
