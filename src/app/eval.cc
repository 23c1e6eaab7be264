#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/command.h"
#include "app/print.h"
#include "app/wiring.h"
#include "config/parse.h"
#include "learn/evaluation.h"
#include "learn/scorers.h"

namespace weir::app {
namespace {

struct Options {
  std::vector<std::string> data;
  std::string classifier = "learned";
  std::string scores, weights;
  learn::EvaluationOptions how;
  bool json = false;
};

std::vector<std::string> ScorerNames() {
  std::vector<std::string> names;
  for (const route::ClassifierRow* row : Classifiers()) {
    if (row != &route::kRulesOnly) names.emplace_back(row->name);
  }
  names.insert(names.end(), std::begin(learn::kYardsticks), std::end(learn::kYardsticks));
  return names;
}

Result<std::vector<double>> Score(const Options& options,
                                  std::span<const learn::Example> examples) {
  if (!options.scores.empty()) return learn::ScoresFrom(options.scores, examples);
  if (!options.weights.empty()) {
    WEIR_TRY(const std::string bytes, config::ReadFile(options.weights));
    WEIR_TRY(const auto trained, route::kLearned.with(bytes));
    return learn::ScoresOf(*trained, examples);
  }
  const auto rows = Classifiers();
  const auto row = std::ranges::find(rows, options.classifier, &route::ClassifierRow::name);
  if (row == rows.end()) return learn::ScoresOf(options.classifier, examples);
  WEIR_TRY(const auto classifier, (*row)->make());
  return learn::ScoresOf(*classifier, examples);
}

Result<std::string> Eval(const Options& options) {
  WEIR_TRY(const std::vector<learn::Example> examples, learn::ReadExamples(options.data));
  WEIR_TRY(const std::vector<double> scores, Score(options, examples));
  const auto groups = learn::Evaluate(examples, scores, options.how);
  if (groups.empty()) {
    return MakeError(Reason::kBadRequest,
                     "no row has both weak_score and strong_score: nothing to judge");
  }
  return options.json ? learn::EvaluationJson(groups) + "\n" : learn::EvaluationTable(groups);
}

std::function<int()> Declare(CLI::App& app, const std::string&) {
  auto options = std::make_shared<Options>();
  app.add_option("--data", options->data, "labelled prompts, JSON lines; may be given again")
      ->required();
  app.add_option("--classifier", options->classifier, "whose scores are judged")
      ->check(CLI::IsMember(ScorerNames()))
      ->capture_default_str();
  app.add_option("--scores", options->scores, "judge these instead: lines {\"id\",\"score\"}");
  app.add_option("--weights", options->weights, "judge the learned classifier with these weights");
  app.add_option("--by", options->how.by, "group rows by")
      ->check(CLI::IsMember({"source", "category", "lang", "subject"}))
      ->capture_default_str();
  app.add_option("--price-ratio", options->how.price_ratio, "weak/strong, of the saveR columns")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--bootstrap", options->how.bootstrap, "rounds of apgr's 95 % interval; 0: none")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  app.add_flag("--json", options->json, "as JSON");
  return [options] {
    Result<std::string> text = Eval(*options);
    if (!text) return Fail(text.error());
    Print(*text);
    return kDone;
  };
}

}  // namespace

const Command kEval = {"eval", "judge a classifier on labelled prompts", &Declare};

}  // namespace weir::app
