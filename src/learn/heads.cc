#include "learn/heads.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "learn/forest.h"
#include "learn/ridge.h"
#include "learn/subject_fit.h"
#include "learn/sums.h"

namespace weir::learn {
namespace {

using route::learned::BucketWeights;
using route::learned::Constants;
using route::learned::Evaluation;

constexpr float kGainPenalty = 5;
constexpr float kDifficultyPenalty = 4;
constexpr int kRidgeIterations = 20;
// A bucket of fewer training rows says nothing about familiarity: rare ones collide by chance.
constexpr uint32_t kFamiliarRows = 3;
constexpr int kGainTrees = 60;
constexpr int kDifficultyTrees = 50;

struct Targets {
  std::vector<float> gain, difficulty, equal_weight, balanced_weight;
};

std::map<std::string, float> CountSources(std::span<const TrainingRow* const> rows) {
  std::map<std::string, float> counts;
  for (const TrainingRow* row : rows) ++counts[row->source];
  return counts;
}

// Difficulty is centred within its source, so that it cannot learn which source it sees.
Targets MakeTargets(std::span<const TrainingRow* const> rows) {
  const std::map<std::string, float> counts = CountSources(rows);
  std::map<std::string, double> sums;
  for (const TrainingRow* row : rows) sums[row->source] += static_cast<float>(row->difficulty);
  Targets targets;
  double total = 0;
  for (const TrainingRow* row : rows) {
    const float count = counts.at(row->source);
    targets.gain.push_back(static_cast<float>(row->gain));
    targets.difficulty.push_back(
        static_cast<float>(static_cast<float>(row->difficulty) - sums[row->source] / count));
    targets.equal_weight.push_back(1);
    targets.balanced_weight.push_back(1 / std::sqrt(count));
    total += targets.balanced_weight.back();
  }
  for (float& weight : targets.balanced_weight) {
    weight *= static_cast<float>(static_cast<double>(rows.size()) / total);
  }
  return targets;
}

ByteScale ScaleOf(std::span<const float> weights) {
  ByteScale scale;
  for (const float weight : weights) scale.Cover(weight);
  return scale;
}

void PackBuckets(const RidgeDesign& design, const RidgeHead& gain, const RidgeHead& difficulty,
                 Weights* model) {
  Constants& constants = model->constants;
  const ByteScale gain_scale = ScaleOf(gain.weights);
  const ByteScale difficulty_scale = ScaleOf(difficulty.weights);
  constants.gain_step = gain_scale.step();
  constants.difficulty_step = difficulty_scale.step();
  constants.gain_bias = gain.bias;
  constants.difficulty_bias = difficulty.bias;
  model->buckets.resize(kBuckets);
  for (uint32_t b = 0; b < kBuckets; ++b) {
    BucketWeights& packed = model->buckets[b];
    packed.gain = gain_scale.Pack(gain.weights[b]);
    packed.difficulty = difficulty_scale.Pack(difficulty.weights[b]);
    packed.familiar = design.rows().row_counts()[b] >= kFamiliarRows ? 1 : 0;
  }
}

void SetSpreads(std::span<const TrainingRow* const> rows, Weights* model) {
  MeanSpread gain, difficulty;
  for (const TrainingRow* row : rows) {
    const Evaluation evaluation = model->Evaluate(row->features);
    gain.Add(evaluation.gain);
    difficulty.Add(evaluation.difficulty);
  }
  model->constants.gain_mean = static_cast<float>(gain.mean());
  model->constants.gain_spread = static_cast<float>(gain.spread());
  model->constants.difficulty_mean = static_cast<float>(difficulty.mean());
  model->constants.difficulty_spread = static_cast<float>(difficulty.spread());
}

}  // namespace

Weights FitHeads(std::span<const TrainingRow* const> rows,
                 std::span<const OpenPrompt* const> open) {
  Weights weights;
  std::vector<const FeatureVector*> features;
  for (const TrainingRow* row : rows) features.push_back(&row->features);
  const Targets targets = MakeTargets(rows);
  const RidgeDesign design(features, weights.constants.context_weight);
  const RidgeHead gain =
      design.Solve(targets.gain, targets.equal_weight, kGainPenalty, kRidgeIterations);
  const RidgeHead difficulty = design.Solve(targets.difficulty, targets.balanced_weight,
                                            kDifficultyPenalty, kRidgeIterations);
  PackBuckets(design, gain, difficulty, &weights);
  GbdtTrainer gain_trainer(features, {.trees = kGainTrees});
  weights.gain_forest = gain_trainer.Fit(targets.gain, targets.equal_weight);
  GbdtTrainer difficulty_trainer(features, {.trees = kDifficultyTrees});
  weights.difficulty_forest = difficulty_trainer.Fit(targets.difficulty, targets.balanced_weight);
  SubjectFit subject =
      FitSubjects(rows, targets.gain, open, Subjects(rows), weights.constants.context_weight);
  weights.subject_head = subject.head;
  weights.traits = std::move(subject.traits);
  SetSpreads(rows, &weights);
  return weights;
}

}  // namespace weir::learn
