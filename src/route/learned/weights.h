// The router's weights and their evaluation on one prompt's features.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "route/learned/subject_head.h"
#include "route/learned/task_type.h"
#include "route/learned/text_features.h"

namespace weir::route::learned {

inline constexpr uint32_t kBlobMagic = 0x4d545257;  // "WRTM"
inline constexpr uint32_t kBlobVersion = 5;
inline constexpr float kNeverReached = std::numeric_limits<float>::infinity();

struct TreeNode {
  uint32_t scalar;
  float bound;  // The right child is taken when the scalar is not below it.
};

struct Forest {
  uint32_t depth = 0;
  float base = 0;
  std::vector<TreeNode> nodes;  // (2^depth - 1) a tree, in level order.
  std::vector<float> leaves;    // 2^depth a tree.

  float Predict(const Scalars& scalars) const;
};

// One cache line serves every head but the subjects'.
struct BucketWeights {
  int8_t gain = 0;
  int8_t difficulty = 0;
  int8_t familiar = 0;  // 1: of several training rows
  int8_t own = 0;       // by the user's own labels, in OwnHead::step
};

struct Constants {
  float context_weight = 0.4f;
  float gain_step = 0, difficulty_step = 0;
  float gain_bias = 0, difficulty_bias = 0;
  float gain_mean = 0, gain_spread = 1;
  float difficulty_mean = 0, difficulty_spread = 1;
  // need = closed + openness * (open - closed), of z-scores; see mix.cc.
  float closed_difficulty = 0.1f;
  float open_offset = 2, open_difficulty = 0.3f, open_cues = 2.25f;
  uint32_t reads_cjk = 0;  // 1: trained on CJK n-grams; else they would only add noise
  // A model without a curve of its own: bias = prior_bias + prior_price * log10(USD a prompt) +
  // that of its family; the rest as the curves have it on average.
  float prior_bias = 0, prior_price = 0, prior_slope = -1;
  std::array<float, kTypes> prior_type{};
};

// Needs of a reference traffic at equal steps of its share, ascending: need -> score.
inline constexpr size_t kShareKnots = 257;
constexpr float ShareOfKnot(size_t knot) {
  return (static_cast<float>(knot) + 0.5F) / kShareKnots;
}
using ShareTable = std::array<float, kShareKnots>;

// "gpt-4o" of "openai/gpt-4o".
std::string_view OwnNameOf(std::string_view model);
// A model's own name, its first 47 bytes, with NULs behind it.
using ModelName = std::array<char, 48>;
ModelName PackModelName(std::string_view model);

struct SuccessCurve {
  ModelName name{};
  float bias = 0;
  float slope = 0;  // of the difficulty
  std::array<float, kTypes> type_prior{};
};

// How much better models of a family are than others of their price: the mean of those with a curve
// and a price, pulled towards none.
struct FamilyPrior {
  ModelName family{};
  float bias = 0;
};
// The letters that the model's own name begins with, small, behind vendors and regions: "gpt" of
// "openai/GPT-4o-mini", "claude" of "us.anthropic.claude-3". Of no letters: none, and all NULs.
ModelName FamilyOf(std::string_view model);

// What the user's own labels say beside the shipped heads: weights of own_inputs and of n-grams
// (BucketWeights::own) that make the need. Trained by learn/adapt.
inline constexpr int kOwnInputs = 4 + kTypes + kScalars;
struct OwnHead {
  uint32_t labels = 0;  // 0: there is none, and the shipped need stands
  float step = 0;
  float bias = 0;
  std::array<float, kOwnInputs> weights{};
};

// A model's chance by the user's own labels:
// logit = slope * shipped logit + bias + need * the need + the task types' parts.
struct OwnCurve {
  ModelName name{};
  uint32_t labels = 0;
  float slope = 1;
  float bias = 0;
  float need = 0;
  std::array<float, kTypes> type{};
};

struct Evaluation {
  float need = 0;   // for the strong model, on no particular scale
  float score = 0;  // the share of the reference traffic that needs it less, 0..1
  float gain = 0;   // both in units of their spread over the training rows
  float difficulty = 0;
  float familiarity = 0;
  float cue_prior = 0;
  std::array<float, kTypes> type{};
};

std::string_view LikeliestType(const Evaluation& evaluation);  // of kTypeNames

// `standardised`: by SubjectHead::Standardised; `evaluation`: of the shipped heads.
std::array<float, kOwnInputs> OwnInputsOf(const Evaluation& evaluation,
                                          const Scalars& standardised);

// The model's name without a vendor before it, letters in either case: "openai/GPT-4o" is "gpt-4o".
bool IsSameModel(std::string_view a, std::string_view b);

class Weights {
 public:
  // Replaces the weights. False, and unchanged, on a damaged or foreign blob. What own labels say
  // is a part behind the shipped one that need not be there.
  bool Load(std::string_view blob);
  std::string Save() const;

  Evaluation Evaluate(const FeatureVector& features) const;
  // Chance that the model of `curve` answers well. Not calibrated outside the training sources.
  float SuccessChance(const Evaluation& evaluation, const SuccessCurve& curve) const;
  // The same by the user's own labels: recalibrated to them.
  float SuccessChance(const Evaluation& evaluation, const SuccessCurve& shipped,
                      const OwnCurve& own) const;
  float SuccessLogit(const Evaluation& evaluation, const SuccessCurve& curve) const;
  // The model's curve, by its name without a vendor before it; nullptr without evidence.
  const SuccessCurve* FindCurve(std::string_view name) const;
  const OwnCurve* FindOwnCurve(std::string_view name) const;
  // What the model's own curve stands on: the shipped one, else that of a model of middling price.
  SuccessCurve BaseCurve(std::string_view name) const;
  // What is expected of a model without evidence, by its family and what it costs a prompt.
  SuccessCurve PriorCurve(std::string_view model, double usd_a_prompt) const;
  float ShareOf(float need) const;

  Constants constants;
  std::vector<BucketWeights> buckets;
  Forest gain_forest;
  Forest difficulty_forest;
  SubjectHead subject_head;
  std::vector<TraitSteps> traits;  // kTraitRows, or none where there are no subjects
  std::vector<SuccessCurve> curves;
  std::vector<FamilyPrior> families;
  ShareTable shares{};
  OwnHead own;
  std::vector<OwnCurve> own_curves;

 private:
  struct HashedSums {
    float gain, difficulty, familiarity, own;
    Traits traits{};
  };
  // Of the n-grams of one part of the text, in steps.
  struct Part {
    float gain = 0, difficulty = 0, familiar = 0, own = 0, count = 0;
    void Add(const Part& other) {
      gain += other.gain;
      difficulty += other.difficulty;
      familiar += other.familiar;
      own += other.own;
      count += other.count;
    }
  };
  Part SumOf(std::span<const uint32_t> ngrams) const;
  Traits TraitsOf(const FeatureVector& features, float norm) const;
  HashedSums SumBuckets(const FeatureVector& features) const;
};

}  // namespace weir::route::learned
