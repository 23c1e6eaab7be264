#include "learn/adapt.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "learn/logistic.h"
#include "learn/own_head.h"
#include "learn/shares.h"
#include "learn/sums.h"

namespace weir::learn {
namespace {

using route::learned::Evaluation;
using route::learned::kShareKnots;
using route::learned::kTypes;
using route::learned::OwnCurve;
using route::learned::SuccessCurve;

// How many labels' worth of evidence pull a curve towards the shipped one: the slope to 1, the
// part of the need, in units of its spread, to 0, those of the types to 0.
constexpr double kSlopeLabels = 10;
constexpr double kNeedLabels = 5;
constexpr double kTypeLabels = 3;
constexpr double kBiasLabels = 0.5;

enum Place : size_t { kSlope, kBias, kNeed, kFirstType, kPlaces = kFirstType + kTypes };

std::vector<LogisticPull> PullsToShipped() {
  std::vector<LogisticPull> pulls(kPlaces, {0, kTypeLabels / 4});
  pulls[kSlope] = {1, kSlopeLabels / 4};
  pulls[kBias] = {0, kBiasLabels / 4};
  pulls[kNeed] = {0, kNeedLabels / 4};
  return pulls;
}

float SpreadOf(std::span<const float> values) {
  MeanSpread sums;
  for (const float value : values) sums.Add(value);
  return static_cast<float>(sums.spread());
}

// Labels of one model, whatever vendor or case each writes.
struct Asked {
  std::string name;
  std::vector<std::pair<size_t, double>> labels;  // which, how good
};
std::vector<Asked> ByModel(std::span<const OwnLabel> labels) {
  std::vector<Asked> models;
  for (size_t i = 0; i < labels.size(); ++i) {
    for (const auto& [name, score] : labels[i].scores) {
      const auto same = [&](const Asked& known) {
        return route::learned::IsSameModel(known.name, name);
      };
      auto found = std::ranges::find_if(models, same);
      if (found == models.end()) found = models.insert(found, {name, {}});
      found->labels.emplace_back(i, score);
    }
  }
  return models;
}

// `unseen`: the needs of the labels by heads that have not seen them, in which no label betrays
// itself.
OwnCurve FitOwnCurve(const Weights& base, const Asked& model, std::span<const OwnLabel> labels,
                     std::span<const float> unseen) {
  const SuccessCurve shipped = base.BaseCurve(model.name);
  const float spread = SpreadOf(unseen);
  std::vector<LogisticPoint> points;
  for (const auto& [i, good] : model.labels) {
    const Evaluation evaluation = base.Evaluate(labels[i].features);
    LogisticPoint& point = points.emplace_back(std::vector<double>(kPlaces), good);
    point.inputs[kSlope] = base.SuccessLogit(evaluation, shipped);
    point.inputs[kBias] = 1;
    point.inputs[kNeed] = unseen[i] / spread;
    std::ranges::copy(evaluation.type, point.inputs.begin() + kFirstType);
  }
  const std::vector<double> weights = FitLogistic(points, PullsToShipped());
  OwnCurve curve;
  curve.name = route::learned::PackModelName(model.name);
  curve.labels = static_cast<uint32_t>(points.size());
  curve.slope = static_cast<float>(weights[kSlope]);
  curve.bias = static_cast<float>(weights[kBias]);
  curve.need = static_cast<float>(weights[kNeed]) / spread;
  for (size_t i = 0; i < kTypes; ++i) {
    curve.type[i] = static_cast<float>(weights[kFirstType + i]);
  }
  return curve;
}

// The base's need at a share of its traffic.
double NeedAt(const Weights& base, double share) {
  const double place = std::clamp(share * kShareKnots - 0.5, 0.0, double{kShareKnots - 1});
  const size_t below = std::min(static_cast<size_t>(place), kShareKnots - 2);
  const double part = place - static_cast<double>(below);
  return base.shares[below] + part * (base.shares[below + 1] - base.shares[below]);
}

// The labels' scores and new needs, each in its order, are points of one rising curve. What lies
// beyond them goes on as the base does, at their scale.
void KeepShares(const Weights& base, std::span<const OwnLabel> labels, std::vector<float> needs,
                Weights* weights) {
  std::vector<float> scores;
  for (const OwnLabel& label : labels) scores.push_back(base.Evaluate(label.features).score);
  std::ranges::sort(scores);
  std::ranges::sort(needs);
  const double spread = NeedAt(base, scores.back()) - NeedAt(base, scores.front());
  const double scale = spread > 0 ? (needs.back() - needs.front()) / spread : 1;
  for (size_t k = 0; k < kShareKnots; ++k) {
    const float share = route::learned::ShareOfKnot(k);
    const auto above = std::ranges::lower_bound(scores, share);
    const auto at = static_cast<size_t>(above - scores.begin());
    double need = 0;
    if (at == 0 || above == scores.end()) {
      const size_t end = at == 0 ? 0 : scores.size() - 1;
      need = needs[end] + scale * (NeedAt(base, share) - NeedAt(base, scores[end]));
    } else {
      const float step = scores[at] - scores[at - 1];
      const float part = step > 0 ? (share - scores[at - 1]) / step : 1;
      need = needs[at - 1] + part * (needs[at] - needs[at - 1]);
    }
    weights->shares[k] =
        std::max(static_cast<float>(need), k > 0 ? weights->shares[k - 1] : float{-HUGE_VALF});
  }
}

}  // namespace

Result<Weights> Adapt(const Weights& base, std::span<const OwnLabel> labels,
                      const std::function<void(std::string_view)>& progress, Picture picture) {
  if (base.own.labels > 0) {
    return MakeError(Reason::kBadRequest,
                     "the base was adapted to own labels already: adapt what it was made of");
  }
  if (labels.size() < kFewestLabels) {
    return MakeError(Reason::kBadRequest,
                     fmt::format("{} rows have a verdict or scores; own labels need at least {}",
                                 labels.size(), kFewestLabels));
  }
  OwnHeadFit fit = FitOwnHead(base, labels);
  progress("need");
  Weights weights = base;
  for (const Asked& model : ByModel(labels)) {
    if (model.labels.size() < kFewestModelLabels) continue;
    weights.own_curves.push_back(FitOwnCurve(base, model, labels, fit.unseen));
  }
  progress("models");
  weights.own = fit.head;
  for (uint32_t b = 0; b < kBuckets; ++b) weights.buckets[b].own = fit.ngrams[b];
  if (picture == Picture::kFair) {
    std::vector<WeighedNeed> needs;
    for (const float need : fit.unseen) needs.push_back({need});
    weights.shares = SharesOf(std::move(needs));
  } else {
    KeepShares(base, labels, std::move(fit.unseen), &weights);
  }
  return weights;
}

}  // namespace weir::learn
