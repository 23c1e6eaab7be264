#include "learn/success_curves.h"

#include <algorithm>
#include <map>

#include "learn/logistic.h"

namespace weir::learn {
namespace {

using route::learned::Evaluation;
using route::learned::kOpen;
using route::learned::kTypes;

// Rows' worth of evidence that pull a type's part towards zero, and a slope towards that of all.
constexpr double kTypePullRows = 1;
constexpr double kSlopePullRows = 300;
constexpr double kBiasPullRows = 1e-3;
constexpr double kFixed = 1e6;
constexpr size_t kFewestCurveRows = 30;

// Inputs: 1, the difficulty, the task types' shares.
enum Place : size_t { kBias, kSlope, kFirstType, kPlaces = kFirstType + kTypes };

LogisticPoint PointOf(const Evaluation& evaluation, double success) {
  LogisticPoint point{std::vector<double>(kPlaces), success};
  point.inputs[kBias] = 1;
  point.inputs[kSlope] = evaluation.difficulty;
  std::ranges::copy(evaluation.type, point.inputs.begin() + kFirstType);
  return point;
}

// No open prompt has scores: what would be learned of them are the mistakes of the subject head.
std::vector<LogisticPull> PullsOf(double slope, double slope_rows = kSlopePullRows) {
  std::vector<LogisticPull> pulls(kPlaces, {0, kTypePullRows / 4});
  pulls[kBias].penalty = kBiasPullRows / 4;
  pulls[kSlope] = {slope, slope_rows / 4};
  pulls[kFirstType + kOpen].penalty = kFixed;
  return pulls;
}

struct Evidence {
  std::vector<LogisticPoint> common, pairs;

  size_t size() const { return common.size() + pairs.size(); }
  void AppendTo(std::vector<LogisticPoint>* all) const {
    all->insert(all->end(), common.begin(), common.end());
    all->insert(all->end(), pairs.begin(), pairs.end());
  }
};

// What prompts say that many models were asked comes first: it tells the models from one another.
// Pairs add what they say of their task types.
std::vector<double> FitWeights(const Evidence& evidence, double slope) {
  const bool asked = evidence.common.size() >= kFewestCurveRows;
  if (!asked) {
    std::vector<LogisticPoint> all;
    evidence.AppendTo(&all);
    return FitLogistic(all, PullsOf(slope));
  }
  std::vector<double> weights = FitLogistic(evidence.common, PullsOf(slope));
  if (evidence.pairs.empty()) return weights;
  std::array<double, kTypes> rows{};
  for (const LogisticPoint& point : evidence.common) {
    for (size_t i = 0; i < kTypes; ++i) rows[i] += point.inputs[kFirstType + i];
  }
  std::vector<LogisticPull> pulls = PullsOf(slope);
  for (size_t i = 0; i < kPlaces; ++i) pulls[i].prior = weights[i];
  pulls[kBias].penalty = pulls[kSlope].penalty = kFixed;
  for (size_t i = 0; i < kTypes; ++i) pulls[kFirstType + i].penalty += rows[i] / 4;
  return FitLogistic(evidence.pairs, pulls);
}

SuccessCurve CurveOf(const std::string& name, std::span<const double> weights) {
  SuccessCurve curve;
  curve.name = route::learned::PackModelName(name);
  curve.bias = static_cast<float>(weights[kBias]);
  curve.slope = static_cast<float>(weights[kSlope]);
  for (size_t i = 0; i < kTypes; ++i) {
    curve.type_prior[i] = static_cast<float>(weights[kFirstType + i]);
  }
  return curve;
}

// Of a prompt's difficulty, whichever model is asked.
double SharedSlope(const std::map<std::string, Evidence>& models) {
  std::vector<LogisticPoint> all;
  for (const auto& [name, evidence] : models) evidence.AppendTo(&all);
  return all.empty() ? 0 : FitLogistic(all, PullsOf(0, kBiasPullRows))[kSlope];
}

}  // namespace

std::vector<SuccessCurve> TrainCurves(std::span<const TrainingRow> rows,
                                      std::span<const Evaluation> evaluations) {
  std::map<std::string, Evidence> models;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const auto& [name, success] : rows[i].scores) {
      models[name].common.push_back(PointOf(evaluations[i], success));
    }
    for (const auto& [name, success] : rows[i].pair) {
      models[name].pairs.push_back(PointOf(evaluations[i], success));
    }
  }
  std::erase_if(models, [](const auto& model) { return model.second.size() < kFewestCurveRows; });
  const double slope = SharedSlope(models);
  std::vector<SuccessCurve> curves;
  for (const auto& [name, evidence] : models) {
    curves.push_back(CurveOf(name, FitWeights(evidence, slope)));
  }
  return curves;
}

}  // namespace weir::learn
