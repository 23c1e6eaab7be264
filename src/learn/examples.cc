#include "learn/examples.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/strings.h"
#include "chat/score_line.h"
#include "json/object.h"

namespace weir::learn {
namespace {

constexpr size_t kMaxLine = 32 << 20;

Result<std::string> TextOf(const json::Object& line, std::string_view member) {
  WEIR_TRY(std::optional<std::string> text, line.String(member));
  return text ? *std::move(text) : std::string();
}

Result<std::string> IdOf(const json::Object& line) {
  if (line.KindOf("id") == json::Kind::kString) return line.RequiredString("id");
  return std::string(line.Has("id") ? line.Raw("id") : "null");
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
  return example;
}

Result<std::vector<Example>> ReadExamples(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return MakeError(Reason::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  std::vector<Example> examples;
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (Trim(line).empty()) continue;
    Result<Example> example =
        line.size() > kMaxLine ? MakeError(Reason::kBodyTooLarge, "the line is longer than 32 MiB")
                               : ReadExample(line);
    if (!example) {
      Error error = std::move(example).error();
      error.message = fmt::format("{}:{}: {}", path, number, error.message);
      return error;
    }
    examples.push_back(*std::move(example));
  }
  return examples;
}

}  // namespace weir::learn
