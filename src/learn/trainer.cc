#include "learn/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/split_mix.h"
#include "learn/heads.h"
#include "learn/shares.h"
#include "learn/success_curves.h"

namespace weir::learn {
namespace {

using route::learned::Constants;
using route::learned::Evaluation;
using route::learned::FamilyPrior;

// Curves and shares are made of what heads say of prompts that they were not trained on: of their
// own they are too sure.
constexpr size_t kFolds = 3;

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
  double At(double x) const { return intercept() + slope() * x; }

 private:
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0;
};

struct Priced {
  const SuccessCurve* curve;
  double log_cost;  // log10 of USD a prompt
};

// Models' worth of evidence for a family that is like all others. Left out one at a time, 11 models
// of the training rows are told with a Brier score of .2163 by price alone, .2131, .2123, .2123 and
// .2128 with pulls of 4, 2, 1 and .5.
constexpr double kFamilyPull = 2;

std::vector<FamilyPrior> FamiliesBeside(const Line& line, std::span<const Priced> models) {
  std::map<route::learned::ModelName, std::pair<double, double>> sums;  // count, beyond the line
  for (const Priced& model : models) {
    const route::learned::ModelName family = route::learned::FamilyOf(model.curve->name.data());
    if (family.front() == 0) continue;
    auto& [count, beyond] = sums[family];
    ++count;
    beyond += model.curve->bias - line.At(model.log_cost);
  }
  std::vector<FamilyPrior> families;
  for (const auto& [family, sum] : sums) {
    families.push_back({family, static_cast<float>(sum.second / (sum.first + kFamilyPull))});
  }
  return families;
}

// What a model costs a prompt tells something of its strength, where nothing better is known: a
// line through the curves of the models whose costs the rows have.
void FitPrior(std::span<const TrainingRow> rows, Weights* weights) {
  std::map<route::learned::ModelName, Mean> costs;
  for (const TrainingRow& row : rows) {
    for (const auto& [model, cost] : row.costs) {
      costs[route::learned::PackModelName(model)].Add(cost);
    }
  }
  Line line;
  std::vector<Priced> priced;
  Mean slope;
  std::array<Mean, route::learned::kTypes> types;
  for (const SuccessCurve& curve : weights->curves) {
    slope.Add(curve.slope);
    for (size_t i = 0; i < types.size(); ++i) types[i].Add(curve.type_prior[i]);
    const auto cost = costs.find(curve.name);
    if (cost == costs.end() || cost->second.value() <= 0) continue;
    priced.push_back({&curve, std::log10(cost->second.value())});
    line.Add(priced.back().log_cost, curve.bias);
  }
  weights->families = FamiliesBeside(line, priced);
  Constants& constants = weights->constants;
  constants.prior_price = static_cast<float>(line.slope());
  constants.prior_bias = static_cast<float>(line.intercept());
  constants.prior_slope = static_cast<float>(slope.value());
  for (size_t i = 0; i < types.size(); ++i) {
    constants.prior_type[i] = static_cast<float>(types[i].value());
  }
}

// What heads say of what they were not trained on, in its order.
struct Unseen {
  std::vector<Evaluation> rows, open;
};

// Of the traffic to come: the judged prompts where there are any, else all open ones, else the
// labelled rows.
std::vector<WeighedNeed> NeedsToCome(const Unseen& unseen, std::span<const OpenPrompt> open) {
  std::vector<WeighedNeed> needs;
  const bool judged =
      std::ranges::any_of(open, [](const OpenPrompt& p) { return p.of_traffic > 0; });
  for (size_t i = 0; i < open.size(); ++i) {
    const double weight = judged ? open[i].of_traffic : open[i].weight;
    if (weight > 0) needs.push_back({unseen.open[i].need, weight});
  }
  if (open.empty()) {
    for (const Evaluation& evaluation : unseen.rows) needs.push_back({evaluation.need});
  }
  return needs;
}

// No order of the rows in their files follows it.
size_t FoldOf(size_t row) {
  return SplitMix64(row).Next() % kFolds;
}

Unseen CrossEvaluate(std::span<const TrainingRow> rows, std::span<const OpenPrompt> open,
                     const std::function<void(std::string_view)>& progress) {
  Unseen unseen{std::vector<Evaluation>(rows.size()), std::vector<Evaluation>(open.size())};
  for (size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<const TrainingRow*> others;
    std::vector<const OpenPrompt*> other_open;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (FoldOf(i) != fold) others.push_back(&rows[i]);
    }
    for (size_t i = 0; i < open.size(); ++i) {
      if (FoldOf(i) != fold) other_open.push_back(&open[i]);
    }
    const Weights heads = FitHeads(others, other_open);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (FoldOf(i) == fold) unseen.rows[i] = heads.Evaluate(rows[i].features);
    }
    for (size_t i = 0; i < open.size(); ++i) {
      if (FoldOf(i) == fold) unseen.open[i] = heads.Evaluate(open[i].features);
    }
    progress(fmt::format("heads without part {} of {}", fold + 1, kFolds));
  }
  return unseen;
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
  std::vector<const TrainingRow*> all;
  for (const TrainingRow& row : rows) all.push_back(&row);
  std::vector<const OpenPrompt*> all_open;
  for (const OpenPrompt& prompt : open) all_open.push_back(&prompt);
  Weights weights = FitHeads(all, all_open);
  progress("heads");
  const Unseen unseen = CrossEvaluate(rows, open, progress);
  weights.curves = TrainCurves(rows, unseen.rows);
  FitPrior(rows, &weights);
  weights.shares = SharesOf(NeedsToCome(unseen, open));
  progress("models and shares");
  return weights;
}

}  // namespace weir::learn
