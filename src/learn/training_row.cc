#include "learn/training_row.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "chat/request.h"
#include "route/learned/prompt_text.h"

namespace weir::learn {
namespace {

double DifficultyOf(const Example& example) {
  if (example.scores.empty()) {
    return 1 - (example.outcome->weak_score + example.outcome->strong_score) / 2;
  }
  double sum = 0;
  for (const auto& [model, score] : example.scores) sum += score;
  return 1 - sum / static_cast<double>(example.scores.size());
}

struct Judged {
  std::string_view category;
  double share;
};
constexpr Judged kJudged[] = {{"easy", 0.6}, {"medium", 0.3}, {"hard", 0.1}};

double ShareOf(std::string_view category) {
  const auto* found = std::ranges::find(kJudged, category, &Judged::category);
  return found == std::end(kJudged) ? 0 : found->share;
}

// Reads prompts the way serving does, and code beside a question with it.
class Reading {
 public:
  Result<FeatureVector> Of(const Example& example) {
    WEIR_TRY(const chat::Request request, RequestOf(example, parser_));
    extractor_.Extract(reader_.Read(request), &features_);
    return FeatureVector(features_);
  }

 private:
  chat::RequestParser parser_;
  route::PromptText reader_;
  route::learned::FeatureExtractor extractor_;
  FeatureVector features_;
};

}  // namespace

Result<std::vector<TrainingRow>> RowsOf(std::span<const Example> examples) {
  Reading reading;
  std::vector<TrainingRow> rows;
  for (const Example& example : examples) {
    if (!example.outcome) continue;
    TrainingRow row;
    WEIR_TRY(row.features, reading.Of(example));
    row.source = example.source;
    row.category = example.category;
    row.subject = example.subject;
    row.gain = example.outcome->strong_score - example.outcome->weak_score;
    row.difficulty = DifficultyOf(example);
    row.scores = example.scores;
    if (example.scores.empty()) row.pair = ModelScores(example);
    row.costs = example.costs;
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<OwnLabel>> OwnLabelsOf(std::span<const Example> examples) {
  Reading reading;
  std::vector<OwnLabel> labels;
  for (const Example& example : examples) {
    OwnLabel label;
    label.scores = ModelScores(example);
    if (example.outcome) {
      label.need = example.outcome->strong_score - example.outcome->weak_score;
    } else if (example.verdict) {
      label.kind = OwnLabel::Kind::kVerdict;
      label.need = 1 - *example.verdict;
    } else if (!label.scores.empty()) {
      label.kind = OwnLabel::Kind::kScores;
      label.need = DifficultyOf(example);
    } else {
      continue;
    }
    WEIR_TRY(label.features, reading.Of(example));
    labels.push_back(std::move(label));
  }
  return labels;
}

Result<std::vector<OpenPrompt>> OpenPromptsOf(std::span<const Example> examples) {
  std::map<std::string_view, double> sizes, categories;
  for (const Example& example : examples) {
    ++sizes[example.source];
    ++categories[example.category];
  }
  Reading reading;
  std::vector<OpenPrompt> prompts;
  for (const Example& example : examples) {
    OpenPrompt& prompt = prompts.emplace_back();
    WEIR_TRY(prompt.features, reading.Of(example));
    prompt.weight = 1 / std::sqrt(sizes[example.source]);
    prompt.of_traffic = ShareOf(example.category) / categories[example.category];
  }
  return prompts;
}

}  // namespace weir::learn
