#include "learn/success_curves.h"

#include <algorithm>
#include <map>

#include "learn/logistic.h"

namespace weir::learn {
namespace {

using route::learned::Evaluation;
using route::learned::kModelNameBytes;
using route::learned::kTypes;

// Rows' worth of evidence that pull a type's part towards zero.
constexpr double kTypePullRows = 3;
constexpr double kOtherPullRows = 1e-3;
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

std::vector<LogisticPull> FirstPulls() {
  std::vector<LogisticPull> pulls(kPlaces, {0, kTypePullRows / 4});
  pulls[kBias].penalty = pulls[kSlope].penalty = kOtherPullRows / 4;
  return pulls;
}

// What prompts that many models were asked say of the model stays; pairs only add what they say of
// their task types.
std::vector<LogisticPull> PullsTo(const std::vector<double>& weights) {
  std::vector<LogisticPull> pulls;
  for (const double weight : weights) pulls.push_back({weight, kTypePullRows / 4});
  pulls[kBias].penalty = pulls[kSlope].penalty = kFixed;
  return pulls;
}

struct Evidence {
  std::vector<LogisticPoint> common, all;
};

SuccessCurve FitCurve(const std::string& name, const Evidence& evidence) {
  const bool asked = evidence.common.size() >= kFewestCurveRows;
  std::vector<double> weights = FitLogistic(asked ? evidence.common : evidence.all, FirstPulls());
  if (evidence.all.size() > evidence.common.size()) {
    weights = FitLogistic(evidence.all, PullsTo(weights));
  }
  SuccessCurve curve;
  std::copy_n(name.begin(), std::min(name.size(), kModelNameBytes - 1), curve.name.begin());
  curve.bias = static_cast<float>(weights[kBias]);
  curve.slope = static_cast<float>(weights[kSlope]);
  for (size_t i = 0; i < kTypes; ++i) {
    curve.type_prior[i] = static_cast<float>(weights[kFirstType + i]);
  }
  return curve;
}

}  // namespace

std::vector<SuccessCurve> TrainCurves(std::span<const TrainingRow> rows,
                                      std::span<const Evaluation> evaluations) {
  std::map<std::string, Evidence> models;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const auto& [name, success] : rows[i].scores) {
      models[name].common.push_back(PointOf(evaluations[i], success));
      models[name].all.push_back(models[name].common.back());
    }
    for (const auto& [name, success] : rows[i].pair) {
      models[name].all.push_back(PointOf(evaluations[i], success));
    }
  }
  std::vector<SuccessCurve> curves;
  for (const auto& [name, evidence] : models) {
    if (evidence.all.size() >= kFewestCurveRows) curves.push_back(FitCurve(name, evidence));
  }
  return curves;
}

}  // namespace weir::learn
