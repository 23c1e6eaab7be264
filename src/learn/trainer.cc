#include "learn/trainer.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "learn/forest.h"
#include "learn/heads.h"
#include "learn/ridge.h"

namespace weir::learn {
namespace {

using route::learned::BucketWeights;
using route::learned::Constants;
using route::learned::Evaluation;
using route::learned::kShareKnots;

constexpr float kGainPenalty = 5;
constexpr float kDifficultyPenalty = 4;
constexpr int kRidgeIterations = 20;
// A bucket of fewer training rows says nothing about familiarity: rare ones collide by chance.
constexpr uint32_t kFamiliarRows = 3;
constexpr int kGainTrees = 60;
constexpr int kDifficultyTrees = 50;
constexpr float kLargestByte = 127;

class Mean {
 public:
  void Add(double value) {
    sum_ += value;
    ++count_;
  }
  double value() const { return count_ == 0 ? 0 : sum_ / count_; }

 private:
  double sum_ = 0, count_ = 0;
};

// Least squares.
class Line {
 public:
  void Add(double x, double y) {
    ++n_;
    x_ += x;
    y_ += y;
    xx_ += x * x;
    xy_ += x * y;
  }
  double slope() const {
    const double spread = n_ * xx_ - x_ * x_;
    return spread <= 0 ? 0 : (n_ * xy_ - x_ * y_) / spread;
  }
  double intercept() const { return n_ == 0 ? 0 : (y_ - slope() * x_) / n_; }

 private:
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0;
};

struct Targets {
  std::vector<float> gain, difficulty, equal_weight, balanced_weight;
};

struct Standard {
  float mean = 0, spread = 1;
};

std::map<std::string, float> CountSources(std::span<const TrainingRow> examples) {
  std::map<std::string, float> counts;
  for (const TrainingRow& example : examples) ++counts[example.source];
  return counts;
}

// Difficulty is centred within its source, so that it cannot learn which source it sees.
Targets MakeTargets(std::span<const TrainingRow> examples) {
  const std::map<std::string, float> counts = CountSources(examples);
  std::map<std::string, double> sums;
  for (const TrainingRow& example : examples)
    sums[example.source] += static_cast<float>(example.difficulty);
  Targets targets;
  double total = 0;
  for (const TrainingRow& example : examples) {
    const float count = counts.at(example.source);
    targets.gain.push_back(static_cast<float>(example.gain));
    targets.difficulty.push_back(
        static_cast<float>(static_cast<float>(example.difficulty) - sums[example.source] / count));
    targets.equal_weight.push_back(1);
    targets.balanced_weight.push_back(1 / std::sqrt(count));
    total += targets.balanced_weight.back();
  }
  for (float& weight : targets.balanced_weight) {
    weight *= static_cast<float>(static_cast<double>(examples.size()) / total);
  }
  return targets;
}

float ByteStep(const std::vector<float>& weights) {
  float largest = 1e-9f;
  for (float weight : weights) largest = std::max(largest, std::fabs(weight));
  return largest / kLargestByte;
}

void PackBuckets(const RidgeDesign& design, const RidgeHead& gain, const RidgeHead& difficulty,
                 Weights* model) {
  Constants& constants = model->constants;
  constants.gain_step = ByteStep(gain.weights);
  constants.difficulty_step = ByteStep(difficulty.weights);
  constants.gain_bias = gain.bias;
  constants.difficulty_bias = difficulty.bias;
  model->buckets.resize(kBuckets);
  for (uint32_t b = 0; b < kBuckets; ++b) {
    BucketWeights& packed = model->buckets[b];
    packed.gain = static_cast<int8_t>(std::lround(gain.weights[b] / constants.gain_step));
    packed.difficulty =
        static_cast<int8_t>(std::lround(difficulty.weights[b] / constants.difficulty_step));
    packed.familiar = design.row_counts()[b] >= kFamiliarRows ? 1 : 0;
  }
}

Standard Standardise(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (float value : values) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double mean = sum / static_cast<double>(values.size());
  const double variance = squares / static_cast<double>(values.size()) - mean * mean;
  return {static_cast<float>(mean), static_cast<float>(std::sqrt(std::max(variance, 1e-9)))};
}

void SetSpreads(std::span<const TrainingRow> examples, Weights* model) {
  std::vector<float> gains, difficulties;
  for (const TrainingRow& example : examples) {
    const Evaluation evaluation = model->Evaluate(example.features);
    gains.push_back(evaluation.gain);
    difficulties.push_back(evaluation.difficulty);
  }
  const Standard gain = Standardise(gains), difficulty = Standardise(difficulties);
  model->constants.gain_mean = gain.mean;
  model->constants.gain_spread = gain.spread;
  model->constants.difficulty_mean = difficulty.mean;
  model->constants.difficulty_spread = difficulty.spread;
}

// What a model costs a prompt tells something of its strength, where nothing better is known: a
// line through the curves of the models whose costs the rows have.
void FitPrior(std::span<const TrainingRow> rows, Weights* weights) {
  std::map<std::string, Mean, std::less<>> costs;
  for (const TrainingRow& row : rows) {
    for (const auto& [model, cost] : row.costs) costs[model].Add(cost);
  }
  Line line;
  Mean slope;
  std::array<Mean, route::learned::kTypes> types;
  for (const SuccessCurve& curve : weights->curves) {
    slope.Add(curve.slope);
    for (size_t i = 0; i < types.size(); ++i) types[i].Add(curve.type_prior[i]);
    const auto cost = costs.find(curve.name.data());
    if (cost == costs.end() || cost->second.value() <= 0) continue;
    line.Add(std::log10(cost->second.value()), curve.bias);
  }
  Constants& constants = weights->constants;
  constants.prior_price = static_cast<float>(line.slope());
  constants.prior_bias = static_cast<float>(line.intercept());
  constants.prior_slope = static_cast<float>(slope.value());
  for (size_t i = 0; i < types.size(); ++i) {
    constants.prior_type[i] = static_cast<float>(types[i].value());
  }
}

struct Need {
  float need;
  double weight;
};

// Equal steps of the share of these needs.
void SetShares(std::vector<Need> needs, Weights* weights) {
  std::ranges::sort(needs, {}, &Need::need);
  double total = 0;
  for (const Need& each : needs) total += each.weight;
  double below = 0;
  size_t at = 0;
  for (size_t knot = 0; knot < kShareKnots; ++knot) {
    const double share = static_cast<double>(knot) / (kShareKnots - 1) * total;
    while (at + 1 < needs.size() && below + needs[at].weight <= share) below += needs[at++].weight;
    weights->shares[knot] = needs[at].need;
  }
}

// Of the traffic to come: the judged prompts where there are any, else all open ones, else the
// labelled rows.
void SetShares(std::span<const TrainingRow> rows, std::span<const OpenPrompt> open,
               Weights* weights) {
  std::vector<Need> needs;
  const bool judged =
      std::ranges::any_of(open, [](const OpenPrompt& p) { return p.of_traffic > 0; });
  for (const OpenPrompt& prompt : open) {
    const double weight = judged ? prompt.of_traffic : prompt.weight;
    if (weight > 0) needs.push_back({weights->Evaluate(prompt.features).need, weight});
  }
  if (open.empty()) {
    for (const TrainingRow& row : rows) needs.push_back({weights->Evaluate(row.features).need, 1});
  }
  SetShares(std::move(needs), weights);
}

}  // namespace

Result<Weights> Train(std::span<const TrainingRow> rows, std::span<const OpenPrompt> open,
                      const std::function<void(std::string_view)>& progress) {
  if (rows.size() < kFewestRows) {
    return MakeError(Reason::kBadRequest,
                     fmt::format("{} rows have both weak_score and strong_score; at least {} are "
                                 "needed",
                                 rows.size(), kFewestRows));
  }
  Weights weights;
  std::vector<const FeatureVector*> features;
  for (const TrainingRow& row : rows) features.push_back(&row.features);
  const Targets targets = MakeTargets(rows);
  const RidgeDesign design(features, weights.constants.context_weight);
  const RidgeHead gain =
      design.Solve(targets.gain, targets.equal_weight, kGainPenalty, kRidgeIterations);
  const RidgeHead difficulty = design.Solve(targets.difficulty, targets.balanced_weight,
                                            kDifficultyPenalty, kRidgeIterations);
  PackBuckets(design, gain, difficulty, &weights);
  progress("n-grams");
  GbdtTrainer gain_trainer(features, {.trees = kGainTrees});
  weights.gain_forest = gain_trainer.Fit(targets.gain, targets.equal_weight);
  GbdtTrainer difficulty_trainer(features, {.trees = kDifficultyTrees});
  weights.difficulty_forest = difficulty_trainer.Fit(targets.difficulty, targets.balanced_weight);
  progress("forests");
  SetSpreads(rows, &weights);
  weights.type_head = TrainTypeHead(rows, open);
  progress("task types");
  weights.curves = TrainCurves(rows, weights);
  FitPrior(rows, &weights);
  SetShares(rows, open, &weights);
  progress("models and shares");
  return weights;
}

}  // namespace weir::learn
