#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/command.h"
#include "app/own_names.h"
#include "app/print.h"
#include "app/wiring.h"
#include "config/parse.h"
#include "learn/chances.h"
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

// nullptr: a file of scores or a yardstick, which is no classifier.
Result<std::unique_ptr<const route::Classifier>> ClassifierOf(const Options& options) {
  if (!options.scores.empty()) return nullptr;
  if (!options.weights.empty()) {
    WEIR_TRY(const std::string bytes, config::ReadFile(options.weights));
    return route::kLearned.with(bytes);
  }
  const auto rows = Classifiers();
  const auto row = std::ranges::find(rows, options.classifier, &route::ClassifierRow::name);
  if (row == rows.end()) return nullptr;
  return (*row)->make();
}

Result<std::vector<double>> Score(const Options& options, const route::Classifier* classifier,
                                  std::span<const learn::Example> examples) {
  if (!options.scores.empty()) return learn::ScoresFrom(options.scores, examples);
  if (classifier == nullptr) return learn::ScoresOf(options.classifier, examples);
  return learn::ScoresOf(*classifier, examples);
}

std::string Joined(std::string first, const std::string& second) {
  const bool both = first != "{}";
  first.pop_back();
  return first + (both ? "," : "") + second + "}\n";
}

Result<std::string> Eval(const Options& options, const std::string& config) {
  WEIR_TRY(std::vector<learn::Example> examples, learn::ReadExamples(options.data));
  WEIR_CHECK_OK(NameAsUpstream(config, &examples));
  WEIR_TRY(const auto classifier, ClassifierOf(options));
  WEIR_TRY(const std::vector<double> scores, Score(options, classifier.get(), examples));
  const auto groups = learn::Evaluate(examples, scores, options.how);
  learn::ChanceFigures chances;
  if (classifier != nullptr) {
    WEIR_TRY(chances, learn::JudgeChances(*classifier, examples));
  }
  if (groups.empty() && chances.models.empty()) {
    return MakeError(Reason::kBadRequest,
                     "no row has both weak_score and strong_score, and none says how a model did: "
                     "nothing to judge");
  }
  if (!options.json) return learn::EvaluationTable(groups) + learn::ChancesTable(chances);
  return Joined(learn::EvaluationJson(groups), learn::ChancesMembers(chances));
}

std::function<int()> Declare(CLI::App& app, const std::string& config) {
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
  return [&config, options] {
    Result<std::string> text = Eval(*options, config);
    if (!text) return Fail(text.error());
    Print(*text);
    return kDone;
  };
}

}  // namespace

const Command kEval = {"eval", "judge a classifier on labelled prompts", &Declare};

}  // namespace weir::app
