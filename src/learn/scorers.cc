#include "learn/scorers.h"

#include <unordered_map>

#include "base/hash.h"
#include "chat/request.h"
#include "json/object.h"
#include "learn/lines.h"
#include "route/features.h"

namespace weir::learn {
namespace {

// `score` of the features of each example's request.
template <class Score>
Result<std::vector<double>> ScoreRequests(std::span<const Example> examples, Score score) {
  chat::RequestParser parser;
  std::vector<double> scores;
  scores.reserve(examples.size());
  for (const Example& example : examples) {
    WEIR_TRY(const chat::Request request, RequestOf(example, parser));
    scores.push_back(score(route::Features(request)));
  }
  return scores;
}

Result<std::vector<double>> Oracle(std::span<const Example> examples) {
  std::vector<double> scores;
  for (const Example& example : examples) {
    const Outcome outcome = example.outcome.value_or(Outcome());
    scores.push_back(outcome.strong_score - outcome.weak_score);
  }
  return scores;
}

Result<std::vector<double>> Random(std::span<const Example> examples) {
  std::vector<double> scores;
  for (const Example& example : examples) {
    const Sha256Digest digest = Sha256(example.id);
    double score = 0;
    for (size_t i = 0; i < 6; ++i) score = score * 256 + digest[i];
    scores.push_back(score);
  }
  return scores;
}

Result<std::pair<std::string, double>> ReadScore(std::string_view text) {
  WEIR_TRY(json::Object line, json::Object::Parse(text));
  WEIR_TRY(const std::optional<double> score, line.Double("score"));
  if (!score) return MakeError(Reason::kBadRequest, "expected a number in \"score\"", "score");
  if (!line.Has("id")) return std::pair(std::string(), *score);  // of no row
  WEIR_TRY(std::string id, IdOf(line));
  return std::pair(std::move(id), *score);
}

}  // namespace

Result<std::vector<double>> ScoresOf(const route::Classifier& classifier,
                                     std::span<const Example> examples) {
  return ScoreRequests(examples, [&](const route::Features& features) {
    return classifier.Classify(features).score;
  });
}

Result<std::vector<double>> ScoresOf(std::string_view yardstick,
                                     std::span<const Example> examples) {
  if (yardstick == "oracle") return Oracle(examples);
  if (yardstick == "random") return Random(examples);
  return ScoreRequests(examples, [](const route::Features& features) {
    return static_cast<double>(features.last_user_code_points());
  });
}

Result<std::vector<double>> ScoresFrom(const std::string& path, std::span<const Example> examples) {
  std::unordered_map<std::string, double> by_id;
  WEIR_CHECK_OK(ForEachLine(path, [&](std::string_view line) -> Result<void> {
    WEIR_TRY(auto read, ReadScore(line));
    by_id.insert(std::move(read));
    return {};
  }));
  std::vector<double> scores;
  for (const Example& example : examples) {
    const auto found = by_id.find(example.id);
    if (found == by_id.end()) {
      return MakeError(Reason::kBadRequest,
                       fmt::format("{}: no score for the row {}", path, example.id));
    }
    scores.push_back(found->second);
  }
  return scores;
}

}  // namespace weir::learn
