#include "learn/own_head.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "learn/linear_solve.h"
#include "learn/ridge.h"
#include "learn/sums.h"

namespace weir::learn {
namespace {

using route::learned::Evaluation;
using route::learned::kOwnInputs;
using route::learned::OwnHead;

constexpr size_t kFolds = 5;
// A unit of the shipped need is worth about so much gain in the sources it was trained on; it
// counts as so many labels that say this.
constexpr double kShippedSlope = 0.1;
constexpr double kShippedLabels = 50;
constexpr double kInputPenalties[] = {30, 100, 300, 1000};
constexpr float kNgramPenalties[] = {3, 10, 30};
constexpr int kIterations = 20;

struct Penalties {
  double inputs = 0;
  std::optional<float> ngrams;  // nullopt: none are used
};

struct Labelled {
  std::vector<double> inputs;  // and a last 1
  double target = 0;
  const FeatureVector* features = nullptr;
};

// The kinds of labels have means of their own, which say nothing of a prompt.
std::vector<double> CentredNeeds(std::span<const OwnLabel> labels) {
  std::array<double, 3> sums{}, counts{};
  for (const OwnLabel& label : labels) {
    sums[static_cast<size_t>(label.kind)] += label.need;
    ++counts[static_cast<size_t>(label.kind)];
  }
  std::vector<double> needs;
  for (const OwnLabel& label : labels) {
    const auto kind = static_cast<size_t>(label.kind);
    needs.push_back(label.need - sums[kind] / counts[kind]);
  }
  return needs;
}

std::vector<Labelled> Prepare(const Weights& base, std::span<const OwnLabel> labels) {
  const std::vector<double> needs = CentredNeeds(labels);
  std::vector<Labelled> rows;
  for (size_t i = 0; i < labels.size(); ++i) {
    const FeatureVector& features = labels[i].features;
    const auto inputs = route::learned::OwnInputsOf(
        base.Evaluate(features), base.subject_head.Standardised(features.scalars));
    Labelled& row = rows.emplace_back();
    row.inputs.assign(inputs.begin(), inputs.end());
    row.inputs.push_back(1);
    row.target = needs[i];
    row.features = &features;
  }
  return rows;
}

struct Fit {
  std::vector<double> inputs;
  RidgeHead ngrams;

  double Of(const Labelled& row, float context_weight) const {
    double sum = OfInputs(row);
    if (ngrams.weights.empty()) return sum;
    const FeatureVector& text = *row.features;
    const size_t context = text.buckets.size() - text.focus_buckets;
    const double squares = static_cast<double>(text.focus_buckets) +
                           context_weight * context_weight * static_cast<double>(context);
    double grams = 0;
    for (size_t i = 0; i < text.buckets.size(); ++i) {
      grams += ngrams.weights[text.buckets[i]] * (i < text.focus_buckets ? 1 : context_weight);
    }
    return sum + ngrams.bias + grams / std::sqrt(std::max(1.0, squares));
  }
  double OfInputs(const Labelled& row) const {
    double sum = 0;
    for (size_t i = 0; i < inputs.size(); ++i) sum += inputs[i] * row.inputs[i];
    return sum;
  }
};

std::vector<double> FitInputs(std::span<const Labelled* const> rows, double penalty) {
  Normal normal(kOwnInputs + 1);
  for (const Labelled* row : rows) normal.Add(row->inputs, row->target, 1);
  normal.Pull(0, kShippedSlope, kShippedLabels);
  for (size_t i = 1; i < kOwnInputs; ++i) normal.Pull(i, 0, penalty);
  normal.Pull(kOwnInputs, 0, 1e-3);
  return normal.Solve();
}

// Of one part of the labels, for several penalties.
class Fitter {
 public:
  Fitter(std::vector<const Labelled*> rows, float context_weight)
      : rows_(std::move(rows)), design_(FeaturesOf(rows_), context_weight) {}

  Fit For(const Penalties& penalties) const {
    Fit fit{FitInputs(rows_, penalties.inputs), {}};
    if (!penalties.ngrams) return fit;
    std::vector<float> rest;
    for (const Labelled* row : rows_) {
      rest.push_back(static_cast<float>(row->target - fit.OfInputs(*row)));
    }
    const std::vector<float> equal(rows_.size(), 1);
    fit.ngrams = design_.Solve(rest, equal, *penalties.ngrams, kIterations);
    return fit;
  }

 private:
  static std::vector<const FeatureVector*> FeaturesOf(std::span<const Labelled* const> rows) {
    std::vector<const FeatureVector*> features;
    for (const Labelled* row : rows) features.push_back(row->features);
    return features;
  }

  std::vector<const Labelled*> rows_;
  RidgeDesign design_;
};

std::vector<Penalties> Grid() {
  std::vector<Penalties> grid;
  for (const double inputs : kInputPenalties) {
    grid.push_back({inputs, std::nullopt});
    for (const float ngrams : kNgramPenalties) grid.push_back({inputs, ngrams});
  }
  return grid;
}

// Each row as heads see it that were fitted to the other folds, for each of the grid.
std::vector<std::vector<double>> CrossValidate(std::span<const Labelled> rows,
                                               std::span<const Penalties> grid,
                                               float context_weight) {
  std::vector<std::vector<double>> unseen(grid.size(), std::vector<double>(rows.size()));
  for (size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<const Labelled*> others;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i % kFolds != fold) others.push_back(&rows[i]);
    }
    const Fitter fitter(std::move(others), context_weight);
    for (size_t g = 0; g < grid.size(); ++g) {
      const Fit fit = fitter.For(grid[g]);
      for (size_t i = fold; i < rows.size(); i += kFolds) {
        unseen[g][i] = fit.Of(rows[i], context_weight);
      }
    }
  }
  return unseen;
}

double SquaredError(std::span<const Labelled> rows, std::span<const double> said) {
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum += (said[i] - rows[i].target) * (said[i] - rows[i].target);
  }
  return sum;
}

OwnHeadFit Pack(const Fit& fit, size_t labels) {
  OwnHeadFit packed;
  packed.head.labels = static_cast<uint32_t>(labels);
  packed.head.bias = static_cast<float>(fit.inputs.back() + fit.ngrams.bias);
  for (size_t i = 0; i < kOwnInputs; ++i) {
    packed.head.weights[i] = static_cast<float>(fit.inputs[i]);
  }
  ByteScale scale;
  for (const float weight : fit.ngrams.weights) scale.Cover(weight);
  packed.head.step = scale.step();
  packed.ngrams.resize(kBuckets);
  for (size_t b = 0; b < fit.ngrams.weights.size(); ++b) {
    packed.ngrams[b] = scale.Pack(fit.ngrams.weights[b]);
  }
  return packed;
}

}  // namespace

OwnHeadFit FitOwnHead(const Weights& base, std::span<const OwnLabel> labels) {
  const float context_weight = base.constants.context_weight;
  const std::vector<Labelled> rows = Prepare(base, labels);
  const std::vector<Penalties> grid = Grid();
  const auto unseen = CrossValidate(rows, grid, context_weight);
  size_t best = 0;
  for (size_t g = 1; g < grid.size(); ++g) {
    if (SquaredError(rows, unseen[g]) < SquaredError(rows, unseen[best])) best = g;
  }
  std::vector<const Labelled*> all;
  for (const Labelled& row : rows) all.push_back(&row);
  OwnHeadFit fit = Pack(Fitter(std::move(all), context_weight).For(grid[best]), rows.size());
  fit.unseen.assign(unseen[best].begin(), unseen[best].end());
  return fit;
}

}  // namespace weir::learn
