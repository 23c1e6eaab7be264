#include "learn/examples.h"

#include <algorithm>
#include <cmath>

#include "chat/score_line.h"
#include "json/object.h"
#include "learn/lines.h"
#include "route/learned/weights.h"

namespace weir::learn {
namespace {

Result<std::string> TextOf(const json::Object& line, std::string_view member) {
  WEIR_TRY(std::optional<std::string> text, line.String(member));
  return text ? *std::move(text) : std::string();
}

Result<double> ScoreOf(std::string_view name, double value) {
  if (value >= 0 && value <= 1) return value;
  return MakeError(Reason::kBadRequest, fmt::format("\"{}\" is {}; expected 0 to 1", name, value),
                   std::string(name));
}

Result<double> CostOf(std::string_view name, double value) {
  if (value >= 0 && std::isfinite(value)) return value;
  return MakeError(Reason::kBadRequest,
                   fmt::format("\"{}\" is {}; expected US dollars, 0 or more", name, value),
                   std::string(name));
}

Result<std::optional<Outcome>> OutcomeOf(const json::Object& line) {
  WEIR_TRY(const std::optional<double> weak, line.Double("weak_score"));
  WEIR_TRY(const std::optional<double> strong, line.Double("strong_score"));
  if (!weak || !strong) return std::optional<Outcome>();
  WEIR_TRY(const std::optional<double> weak_cost, line.Double("weak_cost"));
  WEIR_TRY(const std::optional<double> strong_cost, line.Double("strong_cost"));
  Outcome outcome;
  WEIR_TRY(outcome.weak_score, ScoreOf("weak_score", *weak));
  WEIR_TRY(outcome.strong_score, ScoreOf("strong_score", *strong));
  WEIR_TRY(outcome.weak_cost, CostOf("weak_cost", weak_cost.value_or(0)));
  WEIR_TRY(outcome.strong_cost, CostOf("strong_cost", strong_cost.value_or(0)));
  return std::optional(outcome);
}

Result<std::optional<double>> VerdictOf(const json::Object& line) {
  switch (line.KindOf("verdict")) {
    case json::Kind::kNone:
    case json::Kind::kNull:
      return std::optional<double>();
    case json::Kind::kTrue:
    case json::Kind::kFalse: {
      WEIR_TRY(const std::optional<bool> good, line.Bool("verdict"));
      return std::optional(*good ? 1.0 : 0.0);
    }
    case json::Kind::kString: {
      WEIR_TRY(const std::string word, line.RequiredString("verdict"));
      if (word == "good") return std::optional(1.0);
      if (word == "bad") return std::optional(0.0);
      return MakeError(Reason::kBadRequest,
                       "\"verdict\": expected good, bad, true, false or a number from 0 to 1",
                       "verdict");
    }
    default: {
      WEIR_TRY(const std::optional<double> value, line.Double("verdict"));
      WEIR_TRY(const double verdict, ScoreOf("verdict", value.value_or(-1)));
      return std::optional(verdict);
    }
  }
}

using ByModel = std::vector<std::pair<std::string, double>>;

// Models without a value (null) are left out.
template <class Judge>
Result<ByModel> ByModelOf(const json::Object& line, std::string_view member, Judge judge) {
  ByModel values;
  if (!line.Has(member) || line.KindOf(member) == json::Kind::kNull) return values;
  WEIR_TRY(json::Object models, json::Object::Parse(line.Raw(member)));
  for (const std::string_view name : models.Names()) {
    WEIR_TRY(const std::optional<double> value, models.Double(name));
    if (!value) continue;
    WEIR_TRY(const double judged, judge(name, *value));
    values.emplace_back(name, judged);
  }
  return values;
}

}  // namespace

std::string_view Example::Group(std::string_view member) const {
  if (member == "category") return category;
  if (member == "lang") return lang;
  if (member == "subject") return subject;
  return source;
}

Result<Example> ReadExample(std::string_view text) {
  WEIR_TRY(json::Object line, json::Object::Parse(text));
  WEIR_TRY(chat::ScoreLine asked, chat::ReadScoreLine(text));
  Example example;
  example.body = std::move(asked.body);
  WEIR_TRY(example.id, IdOf(line));
  WEIR_TRY(example.source, TextOf(line, "source"));
  WEIR_TRY(example.category, TextOf(line, "category"));
  WEIR_TRY(example.lang, TextOf(line, "lang"));
  WEIR_TRY(example.subject, TextOf(line, "subject"));
  WEIR_TRY(example.outcome, OutcomeOf(line));
  WEIR_TRY(example.scores, ByModelOf(line, "scores", ScoreOf));
  WEIR_TRY(example.costs, ByModelOf(line, "costs", CostOf));
  WEIR_TRY(example.weak_model, TextOf(line, "weak_model"));
  WEIR_TRY(example.strong_model, TextOf(line, "strong_model"));
  WEIR_TRY(example.verdict, VerdictOf(line));
  if (example.verdict) {
    WEIR_TRY(example.model, TextOf(line, "model"));
  }
  return example;
}

std::vector<std::pair<std::string, double>> ModelScores(const Example& example) {
  ByModel scores = example.scores;
  const auto add = [&](const std::string& model, double score) {
    const auto same = [&](const auto& entry) {
      return route::learned::IsSameModel(entry.first, model);
    };
    if (!model.empty() && std::ranges::none_of(scores, same)) scores.emplace_back(model, score);
  };
  if (example.verdict) add(example.model, *example.verdict);
  if (example.outcome && example.scores.empty()) {
    add(example.weak_model, example.outcome->weak_score);
    add(example.strong_model, example.outcome->strong_score);
  }
  return scores;
}

Result<std::vector<Example>> ReadExamples(std::span<const std::string> paths) {
  std::vector<Example> examples;
  for (const std::string& path : paths) {
    WEIR_CHECK_OK(ForEachLine(path, [&](std::string_view line) -> Result<void> {
      WEIR_TRY(Example example, ReadExample(line));
      examples.push_back(std::move(example));
      return {};
    }));
  }
  return examples;
}

Result<chat::Request> RequestOf(const Example& example, chat::RequestParser& parser) {
  Result<chat::Request> request =
      parser.Parse(chat::Endpoint::kChatCompletions, example.body, chat::ModelMember::kOptional);
  if (request) return request;
  Error error = std::move(request).error();
  error.message = fmt::format("row {}: {}", example.id, error.message);
  return error;
}

}  // namespace weir::learn
