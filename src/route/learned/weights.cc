#include "route/learned/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/strings.h"
#include "route/learned/mix.h"
#include "route/learned/step_sum.h"

namespace weir::route::learned {
namespace {

// USD a prompt of a model of which nothing is known: the middle of the training sources' models.
constexpr double kMiddlingUsd = 3e-4;

constexpr float kSmallestSpan = 1e-6F;  // of needs
constexpr uint32_t kUsualDepth = 3;

// `kDepth`: of the trees where the compiler may know it, else 0.
template <uint32_t kDepth>
float SumTrees(const Forest& forest, const float* scalars) {
  const size_t depth = kDepth != 0 ? kDepth : forest.depth;
  const size_t leaf_count = size_t{1} << depth;
  float sum = forest.base;
  const TreeNode* tree = forest.nodes.data();
  const float* leaves = forest.leaves.data();
  const float* const end = leaves + forest.leaves.size();
  for (; leaves != end; leaves += leaf_count, tree += leaf_count - 1) {
    size_t node = 0;
#pragma GCC unroll 8
    for (size_t level = 0; level < depth; ++level) {
      node = 2 * node + 1 + (scalars[tree[node].scalar] >= tree[node].bound);
    }
    sum += leaves[node - (leaf_count - 1)];
  }
  return sum;
}

float Spread(float value, float mean, float spread) {
  return (value - mean) / spread;
}

}  // namespace

float Forest::Predict(const Scalars& scalars) const {
  if (depth == kUsualDepth) return SumTrees<kUsualDepth>(*this, scalars.data());
  return SumTrees<0>(*this, scalars.data());
}

Weights::HashedSums Weights::SumBuckets(const FeatureVector& features) const {
  const std::span<const uint32_t> all(features.buckets);
  Part focus = SumOf(all.first(features.focus_buckets));
  const Part context = SumOf(all.subspan(features.focus_buckets));
  // N-grams of a script that was not trained on would only add noise.
  if (constants.reads_cjk != 0) focus.Add(SumOf(features.cjk_buckets));
  const float share = constants.context_weight;
  const float squares = std::max(1.0f, focus.count + share * share * context.count);
  const float norm = std::sqrt(squares);
  const float gain = (focus.gain + share * context.gain) / norm;
  const float difficulty = (focus.difficulty + share * context.difficulty) / norm;
  return {constants.gain_bias + constants.gain_step * gain,
          constants.difficulty_bias + constants.difficulty_step * difficulty,
          (focus.familiar + share * share * context.familiar) / squares,
          own.step * (focus.own + share * context.own) / norm, TraitsOf(features, norm)};
}

Traits Weights::TraitsOf(const FeatureVector& features, float norm) const {
  Traits result{};
  if (traits.empty()) return result;
  const std::span<const uint32_t> all(features.buckets);
  const auto focus = SumTraits(traits, all.first(features.focus_buckets));
  const auto context = SumTraits(traits, all.subspan(features.focus_buckets));
  for (int trait = 0; trait < kTraits; ++trait) {
    const float sum = static_cast<float>(focus[trait]) +
                      constants.context_weight * static_cast<float>(context[trait]);
    result[trait] = subject_head.step[trait] * sum / norm;
  }
  return result;
}

Weights::Part Weights::SumOf(std::span<const uint32_t> ngrams) const {
  const auto sums = SumSteps<BucketWeights>(
      ngrams, [this](uint32_t ngram) -> const BucketWeights& { return buckets.data()[ngram]; });
  return {static_cast<float>(sums[0]), static_cast<float>(sums[1]), static_cast<float>(sums[2]),
          static_cast<float>(sums[3]), static_cast<float>(ngrams.size())};
}

Evaluation Weights::Evaluate(const FeatureVector& features) const {
  const HashedSums sums = SumBuckets(features);
  const Scalars standardised = subject_head.Standardised(features.scalars);
  const SubjectReading subject = subject_head.Read(sums.traits, standardised);
  Evaluation result;
  result.gain = Spread(sums.gain + gain_forest.Predict(features.scalars) + subject.gain,
                       constants.gain_mean, constants.gain_spread);
  result.difficulty = Spread(sums.difficulty + difficulty_forest.Predict(features.scalars),
                             constants.difficulty_mean, constants.difficulty_spread);
  result.familiarity = sums.familiarity;
  result.cue_prior = CuePrior(features.scalars);
  result.type = subject.type;
  result.need = MixHeads(result, constants);
  if (own.labels > 0) {
    const std::array<float, kOwnInputs> inputs = OwnInputsOf(result, standardised);
    result.need = own.bias + sums.own;
    for (int i = 0; i < kOwnInputs; ++i) result.need += own.weights[i] * inputs[i];
  }
  result.score = ShareOf(result.need);
  return result;
}

// Prompts of one need are in the middle of their share. Beyond the reference traffic an order
// remains: half a step for needs below all of it, and half a step for those above.
float Weights::ShareOf(float need) const {
  constexpr float kEnd = ShareOfKnot(0);
  const auto [equal, above] = std::ranges::equal_range(shares, need);
  const float span = std::max(shares.back() - shares.front(), kSmallestSpan);
  if (above == shares.begin()) return kEnd * std::exp((need - shares.front()) / span);
  const auto next = static_cast<size_t>(above - shares.begin());
  const float below = ShareOfKnot(next - 1);
  if (equal != above) {
    return (ShareOfKnot(static_cast<size_t>(equal - shares.begin())) + below) / 2;
  }
  if (above == shares.end()) return 1 - kEnd * std::exp((shares.back() - need) / span);
  const float low = shares[next - 1];
  return below + (need - low) / (*above - low) / kShareKnots;
}

std::string_view LikeliestType(const Evaluation& evaluation) {
  const auto likeliest = std::ranges::max_element(evaluation.type) - evaluation.type.begin();
  return kTypeNames[static_cast<size_t>(likeliest)];
}

std::string_view OwnNameOf(std::string_view model) {
  return model.substr(model.rfind('/') + 1);
}

ModelName PackModelName(std::string_view name) {
  ModelName packed{};
  OwnNameOf(name).copy(packed.data(), packed.size() - 1);
  return packed;
}

std::array<float, kOwnInputs> OwnInputsOf(const Evaluation& evaluation,
                                          const Scalars& standardised) {
  std::array<float, kOwnInputs> inputs{evaluation.need, evaluation.gain, evaluation.difficulty,
                                       evaluation.cue_prior};
  std::ranges::copy(evaluation.type, inputs.begin() + 4);
  std::ranges::copy(standardised, inputs.begin() + 4 + kTypes);
  return inputs;
}

bool IsSameModel(std::string_view a, std::string_view b) {
  return EqualsIgnoreCase(OwnNameOf(a), OwnNameOf(b));
}

const SuccessCurve* Weights::FindCurve(std::string_view name) const {
  const ModelName packed = PackModelName(name);
  const auto found = std::ranges::find_if(curves, [&](const SuccessCurve& curve) {
    return IsSameModel(curve.name.data(), packed.data());
  });
  return found == curves.end() ? nullptr : &*found;
}

const OwnCurve* Weights::FindOwnCurve(std::string_view name) const {
  const ModelName packed = PackModelName(name);
  const auto found = std::ranges::find_if(own_curves, [&](const OwnCurve& curve) {
    return IsSameModel(curve.name.data(), packed.data());
  });
  return found == own_curves.end() ? nullptr : &*found;
}

SuccessCurve Weights::BaseCurve(std::string_view name) const {
  const SuccessCurve* shipped = FindCurve(name);
  return shipped != nullptr ? *shipped : PriorCurve(name, kMiddlingUsd);
}

ModelName FamilyOf(std::string_view model) {
  const auto is_letter = [](char c) { return IsLetter(static_cast<unsigned char>(c)); };
  std::string_view name = OwnNameOf(model);
  while (true) {
    const auto letters =
        static_cast<size_t>(std::ranges::find_if_not(name, is_letter) - name.begin());
    if (letters == 0 || letters == name.size() || name[letters] != '.') {
      return PackModelName(AsciiLower(name.substr(0, letters)));
    }
    name.remove_prefix(letters + 1);
  }
}

SuccessCurve Weights::PriorCurve(std::string_view model, double usd_a_prompt) const {
  SuccessCurve curve;
  const double cost = std::max(usd_a_prompt, 1e-7);
  curve.bias = constants.prior_bias + constants.prior_price * static_cast<float>(std::log10(cost));
  const auto family = std::ranges::find(families, FamilyOf(model), &FamilyPrior::family);
  if (family != families.end()) curve.bias += family->bias;
  curve.slope = constants.prior_slope;
  curve.type_prior = constants.prior_type;
  return curve;
}

float Weights::SuccessLogit(const Evaluation& evaluation, const SuccessCurve& curve) const {
  float logit = curve.bias + curve.slope * evaluation.difficulty;
  for (int type = 0; type < kTypes; ++type) logit += curve.type_prior[type] * evaluation.type[type];
  return logit;
}

float Weights::SuccessChance(const Evaluation& evaluation, const SuccessCurve& curve) const {
  return 1 / (1 + std::exp(-SuccessLogit(evaluation, curve)));
}

float Weights::SuccessChance(const Evaluation& evaluation, const SuccessCurve& shipped,
                             const OwnCurve& own_curve) const {
  float logit = own_curve.bias + own_curve.slope * SuccessLogit(evaluation, shipped) +
                own_curve.need * evaluation.need;
  for (int type = 0; type < kTypes; ++type) logit += own_curve.type[type] * evaluation.type[type];
  return 1 / (1 + std::exp(-logit));
}

}  // namespace weir::route::learned
