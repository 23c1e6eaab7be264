#include "learn/heads.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace weir::learn {
namespace {

using route::learned::Evaluation;
using route::learned::kModelNameBytes;
using route::learned::kOpen;
using route::learned::kTypeNames;
using route::learned::kTypes;

constexpr int kTypeSteps = 200;
constexpr double kOpenShare = 0.5;  // of the labelled rows: what all open prompts weigh together
constexpr float kTypeRate = 1.0f;
constexpr float kTypePenalty = 1e-3f;
constexpr int kCurveSteps = 400;
constexpr float kCurveRate = 0.5f;
// Pulls a type's prior towards zero by this many rows' worth of evidence.
constexpr float kCurvePenaltyRows = 5;
constexpr size_t kMinCurveRows = 30;

using TypeShares = std::array<float, kTypes>;

struct CurvePoint {
  float difficulty;
  TypeShares type;
  float success;
};

int TypeOf(const TrainingRow& example) {
  const auto at = std::find(kTypeNames.begin(), kTypeNames.end(), example.category);
  return at == kTypeNames.end() ? -1 : static_cast<int>(at - kTypeNames.begin());
}

// A row of the type head: its scalars and its category's place.
struct Typed {
  const std::array<float, kScalars>* scalars;
  int type;
  double weight;
};

std::vector<Typed> TypedRows(std::span<const TrainingRow> rows, std::span<const OpenPrompt> open) {
  std::vector<Typed> typed;
  for (const TrainingRow& row : rows) {
    const int type = TypeOf(row);
    if (type >= 0) typed.push_back({&row.features.scalars, type, 1});
  }
  double weights = 0;
  for (const OpenPrompt& prompt : open) weights += prompt.weight;
  const double each = kOpenShare * static_cast<double>(typed.size()) / weights;
  for (const OpenPrompt& prompt : open) {
    typed.push_back({&prompt.features.scalars, kOpen, each * prompt.weight});
  }
  return typed;
}

void FitStandardisation(std::span<const Typed> rows, TypeHead* head) {
  const auto count = static_cast<double>(rows.size());
  for (int i = 0; i < kScalars; ++i) {
    double sum = 0;
    double squares = 0;
    for (const Typed& row : rows) {
      const double value = (*row.scalars)[i];
      sum += value;
      squares += value * value;
    }
    head->mean[i] = static_cast<float>(sum / count);
    const double variance = squares / count - static_cast<double>(head->mean[i]) * head->mean[i];
    head->inverse_spread[i] = static_cast<float>(1 / std::sqrt(std::max(variance, 1e-4)));
  }
}

using TypeGradient = std::array<std::array<double, kScalars + 1>, kTypes>;

void AddTypeGradient(const Typed& row, const TypeHead& head, TypeGradient* gradient) {
  const std::array<float, kScalars>& scalars = *row.scalars;
  const TypeShares shares = head.Predict(scalars);
  for (int k = 0; k < kTypes; ++k) {
    const double error = row.weight * ((k == row.type ? 1 : 0) - shares[k]);
    for (int i = 0; i < kScalars; ++i) {
      (*gradient)[k][i] += error * (scalars[i] - head.mean[i]) * head.inverse_spread[i];
    }
    (*gradient)[k][kScalars] += error;
  }
}

void StepTypeHead(const TypeGradient& gradient, size_t rows, TypeHead* head) {
  for (int k = 0; k < kTypes; ++k) {
    for (int i = 0; i <= kScalars; ++i) {
      float& weight = head->weights[i][k];
      const float slope = static_cast<float>(gradient[k][i] / static_cast<double>(rows));
      weight += kTypeRate * (slope - kTypePenalty * weight);
    }
  }
}

void StepCurve(const std::vector<CurvePoint>& points, SuccessCurve* head) {
  double bias = 0, slope = 0;
  std::array<double, kTypes> prior{};
  for (const CurvePoint& point : points) {
    float logit = head->bias + head->slope * point.difficulty;
    for (int k = 0; k < kTypes; ++k) logit += head->type_prior[k] * point.type[k];
    const double error = point.success - 1 / (1 + std::exp(-logit));
    bias += error;
    slope += error * point.difficulty;
    for (int k = 0; k < kTypes; ++k) prior[k] += error * point.type[k];
  }
  const double count = static_cast<double>(points.size());
  head->bias += static_cast<float>(kCurveRate * bias / count);
  head->slope += static_cast<float>(kCurveRate * slope / count);
  for (int k = 0; k < kTypes; ++k) {
    const double pull = kCurvePenaltyRows * head->type_prior[k];
    head->type_prior[k] += static_cast<float>(kCurveRate * (prior[k] - pull) / count);
  }
}

SuccessCurve FitCurve(const std::string& name, const std::vector<CurvePoint>& points) {
  SuccessCurve head;
  std::copy_n(name.begin(), std::min(name.size(), kModelNameBytes - 1), head.name.begin());
  for (int step = 0; step < kCurveSteps; ++step) StepCurve(points, &head);
  return head;
}

}  // namespace

TypeHead TrainTypeHead(std::span<const TrainingRow> examples, std::span<const OpenPrompt> open) {
  TypeHead head;
  const std::vector<Typed> rows = TypedRows(examples, open);
  if (rows.empty()) return head;
  FitStandardisation(rows, &head);
  for (int step = 0; step < kTypeSteps; ++step) {
    TypeGradient gradient{};
    for (const Typed& row : rows) AddTypeGradient(row, head, &gradient);
    StepTypeHead(gradient, rows.size(), &head);
  }
  return head;
}

std::vector<SuccessCurve> TrainCurves(std::span<const TrainingRow> examples, const Weights& model) {
  std::map<std::string, std::vector<CurvePoint>> points;
  for (const TrainingRow& example : examples) {
    if (example.scores.empty()) continue;
    const Evaluation evaluation = model.Evaluate(example.features);
    for (const auto& [name, success] : example.scores) {
      points[name].push_back({evaluation.difficulty, evaluation.type, static_cast<float>(success)});
    }
  }
  std::vector<SuccessCurve> heads;
  for (const auto& [name, curve] : points) {
    if (curve.size() >= kMinCurveRows) heads.push_back(FitCurve(name, curve));
  }
  return heads;
}

}  // namespace weir::learn
