#include "learn/scorers.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_map>

#include "base/hash.h"
#include "base/strings.h"
#include "chat/request.h"
#include "json/object.h"
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
    Result<chat::Request> request = parser.Parse(chat::Endpoint::kChatCompletions, example.body,
                                                 chat::ModelMember::kOptional);
    if (!request) {
      Error error = std::move(request).error();
      error.message = fmt::format("row {}: {}", example.id, error.message);
      return error;
    }
    scores.push_back(score(route::Features(*request)));
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

Error At(const std::string& path, int64_t line, const Error& error) {
  Error placed = error;
  placed.message = fmt::format("{}:{}: {}", path, line, error.message);
  return placed;
}

Result<std::pair<std::string, double>> ReadScore(std::string_view text) {
  WEIR_TRY(json::Object line, json::Object::Parse(text));
  WEIR_TRY(const std::optional<double> score, line.Double("score"));
  if (!score) return MakeError(Reason::kBadRequest, "expected a number in \"score\"", "score");
  if (line.KindOf("id") != json::Kind::kString) return std::pair(std::string(line.Raw("id")), *score);
  WEIR_TRY(std::string id, line.RequiredString("id"));
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
  std::ifstream file(path);
  if (!file) return MakeError(Reason::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
  std::unordered_map<std::string, double> by_id;
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (Trim(line).empty()) continue;
    Result<std::pair<std::string, double>> read = ReadScore(line);
    if (!read) return At(path, number, read.error());
    by_id.insert(*std::move(read));
  }
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
