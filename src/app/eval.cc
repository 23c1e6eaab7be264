#include <algorithm>

#include "app/command.h"
#include "app/flags.h"
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

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add("--data", options->data, "labelled prompts, JSON lines; may be given again").Required();
  flags.Add("--classifier", options->classifier, "whose scores are judged")
      .OneOf(ScorerNames())
      .ShowDefault();
  flags.Add("--scores", options->scores, "judge these instead: lines {\"id\",\"score\"}");
  flags.Add("--weights", options->weights, "judge the learned classifier with these weights");
  flags.Add("--by", options->how.by, "group rows by")
      .OneOf({"source", "category", "lang", "subject"})
      .ShowDefault();
  flags.Add("--price-ratio", options->how.price_ratio, "weak/strong, of the saveR columns")
      .Between(0.0, 1.0)
      .ShowDefault();
  flags.Add("--bootstrap", options->how.bootstrap, "rounds of apgr's 95 % interval; 0: none")
      .Between(0, 100'000)
      .ShowDefault();
  flags.AddSwitch("--json", options->json, "as JSON");
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
