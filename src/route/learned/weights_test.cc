#include "route/learned/weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "route/learned/built_in.h"

namespace weir::route::learned {
namespace {

Weights Small() {
  Weights weights;
  weights.buckets.resize(kBuckets);
  weights.buckets[7] = {.gain = 100, .difficulty = -50, .familiar = 1};
  weights.constants.gain_step = 0.01F;
  weights.gain_forest = {1, 0.25F, {{kLogWords, 2.0F}}, {-1, 1}};
  weights.difficulty_forest = {1, 0, {{kLogWords, kNeverReached}}, {0.5F, 9}};
  SuccessCurve curve;
  curve.name = PackModelName("vendor/Small-Model");
  curve.bias = 1;
  curve.slope = -2;
  weights.curves.push_back(curve);
  for (size_t i = 0; i < kShareKnots; ++i) weights.shares[i] = static_cast<float>(i);
  return weights;
}

TEST(Weights, SurviveTheirBytes) {
  const Weights before = Small();
  Weights after;
  ASSERT_TRUE(after.Load(before.Save()));
  EXPECT_EQ(after.Save(), before.Save());
  FeatureVector text;
  text.buckets = {7};
  text.focus_buckets = 1;
  text.scalars[kLogWords] = 3;
  EXPECT_EQ(after.Evaluate(text).need, before.Evaluate(text).need);
}

TEST(Weights, SumsOfManyNgramsAreExact) {
  Weights weights = Small();
  int64_t gain = 0, difficulty = 0;
  FeatureVector text;
  for (uint32_t i = 0; i < 600; ++i) {
    const auto step = static_cast<int8_t>(i % 3 == 0 ? -128 : i % 3 == 1 ? 127 : 126);
    weights.buckets[i] = {.gain = step, .difficulty = static_cast<int8_t>(-1 - step), .own = step};
    gain += step;
    difficulty += -1 - step;
    text.buckets.push_back(i);
  }
  text.focus_buckets = text.buckets.size();
  weights.constants.gain_step = weights.constants.difficulty_step = 1;
  weights.gain_forest = {1, 0, {{0, kNeverReached}}, {0, 0}};
  weights.difficulty_forest = weights.gain_forest;
  const Evaluation evaluation = weights.Evaluate(text);
  const float norm = std::sqrt(600.0F);
  EXPECT_FLOAT_EQ(evaluation.gain, static_cast<float>(gain) / norm);
  EXPECT_FLOAT_EQ(evaluation.difficulty, static_cast<float>(difficulty) / norm);
}

TEST(Weights, DamagedBytesAreRefusedAndChangeNothing) {
  const std::string bytes = Small().Save();
  Weights weights = Small();
  EXPECT_FALSE(weights.Load(""));
  EXPECT_FALSE(weights.Load(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(weights.Load(bytes + "x"));
  for (size_t at = 0; at < bytes.size(); at += 9'973) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_FALSE(weights.Load(damaged)) << at;
  }
  EXPECT_EQ(weights.Save(), bytes);
}

Weights WithOwnLabels() {
  Weights weights = Small();
  weights.own = {.labels = 200, .step = 0.01F, .bias = 0.5F, .weights = {}};
  weights.own.weights[0] = 2;
  weights.buckets[7].own = 50;
  OwnCurve& own = weights.own_curves.emplace_back();
  const std::string_view name = "small-model";
  std::copy(name.begin(), name.end(), own.name.begin());
  own.labels = 200;
  own.slope = 0;
  own.bias = 1;
  return weights;
}

TEST(Weights, NumbersThatNothingCanBeComparedWithAreRefused) {
  Weights weights;
  Weights bad = Small();
  bad.shares[100] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(weights.Load(bad.Save()));
  bad = Small();
  std::swap(bad.shares[7], bad.shares[8]);
  EXPECT_FALSE(weights.Load(bad.Save())) << "not ascending";
  bad = Small();
  bad.constants.closed_difficulty = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(weights.Load(bad.Save()));
  bad = Small();
  bad.constants.gain_spread = 0;
  EXPECT_FALSE(weights.Load(bad.Save()));
}

TEST(Weights, DifficultyCountsALittleForClosedQuestionsToo) {
  Weights weights = Small();
  const float harder = weights.Evaluate(FeatureVector()).need;
  weights.difficulty_forest.base -= weights.constants.difficulty_spread;
  EXPECT_NEAR(harder - weights.Evaluate(FeatureVector()).need, 0.1F, 1e-6);
}

TEST(Weights, ALongModelNameIsCut) {
  const ModelName name = PackModelName(std::string(100, 'x'));
  EXPECT_EQ(std::string_view(name.data()), std::string(47, 'x'));
  EXPECT_EQ(std::string_view(PackModelName("gpt-4").data()), "gpt-4");
  Weights weights = Small();
  weights.curves[0].name = name;
  EXPECT_NE(weights.FindCurve(std::string(100, 'x')), nullptr) << "and found";
  weights.curves[0].name = PackModelName("gpt-4o");
  EXPECT_NE(weights.FindCurve("projects/p-1234/locations/us-central1/publishers/x/models/gpt-4o"),
            nullptr);
}

TEST(Weights, OwnLabelsStandBehindTheShippedPartAndSurvive) {
  const Weights before = WithOwnLabels();
  Weights after;
  ASSERT_TRUE(after.Load(before.Save()));
  EXPECT_EQ(after.Save(), before.Save());
  FeatureVector text;
  text.buckets = {7};
  text.focus_buckets = 1;
  EXPECT_NEAR(after.Evaluate(text).need, 0.5F + 2 * Small().Evaluate(text).need + 0.5F, 1e-6)
      << "bias, shipped need, 50 steps of the n-gram";
  const OwnCurve* own = after.FindOwnCurve("vendor/Small-Model");
  ASSERT_NE(own, nullptr);
  EXPECT_NEAR(after.SuccessChance({}, after.BaseCurve("small-model"), *own),
              1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(after.FindOwnCurve("small"), nullptr);
}

TEST(Weights, OwnLabelsThatAreCutOrNotFiniteAreRefused) {
  Weights weights;
  Weights bad = WithOwnLabels();
  bad.own_curves[0].bias = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(weights.Load(bad.Save()));
  bad = WithOwnLabels();
  bad.own.weights[3] = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(weights.Load(bad.Save()));
  const std::string bytes = WithOwnLabels().Save();
  EXPECT_FALSE(weights.Load(bytes.substr(0, bytes.size() - 4)));
}

TEST(Weights, ForestsTakeTheRightChildFromTheBoundOn) {
  const Weights weights = Small();
  std::array<float, kScalars> scalars{};
  scalars[kLogWords] = 1.9F;
  EXPECT_EQ(weights.gain_forest.Predict(scalars), -0.75F);
  scalars[kLogWords] = 2;
  EXPECT_EQ(weights.gain_forest.Predict(scalars), 1.25F);
  EXPECT_EQ(weights.difficulty_forest.Predict(scalars), 0.5F) << "no split: always left";
}

TEST(Weights, SharesRiseWithTheNeed) {
  const Weights weights = Small();
  EXPECT_FLOAT_EQ(weights.ShareOf(0), 0.5F / 257);
  EXPECT_FLOAT_EQ(weights.ShareOf(128), 0.5F);
  EXPECT_FLOAT_EQ(weights.ShareOf(128.5F), 129.0F / 257);
  EXPECT_FLOAT_EQ(weights.ShareOf(256), 256.5F / 257);
}

TEST(Weights, EqualNeedsAreInTheMiddleOfTheirShare) {
  Weights weights = Small();
  for (size_t i = 0; i < 100; ++i) weights.shares[i] = 99;
  EXPECT_FLOAT_EQ(weights.ShareOf(99), 50.0F / 257);
  EXPECT_LT(weights.ShareOf(98), 0.5F / 257);
  EXPECT_FLOAT_EQ(weights.ShareOf(100), 100.5F / 257);
}

TEST(Weights, NeedsBeyondTheReferenceTrafficKeepTheirOrder) {
  const Weights weights = Small();
  float last = 0;
  for (const float need : {-9.0F, -3.0F, -1.0F, 0.0F, 1.0F, 255.9F, 256.0F, 257.0F, 260.0F}) {
    EXPECT_GT(weights.ShareOf(need), last) << need;
    last = weights.ShareOf(need);
  }
  EXPECT_LT(last, 1);
  EXPECT_GE(weights.ShareOf(-1e9F), 0);
  EXPECT_LE(weights.ShareOf(1e9F), 1);
}

TEST(Weights, CurvesAreFoundByTheModelsOwnName) {
  const Weights weights = Small();
  ASSERT_NE(weights.FindCurve("small-model"), nullptr);
  EXPECT_NE(weights.FindCurve("other/small-MODEL"), nullptr);
  EXPECT_EQ(weights.FindCurve("small"), nullptr);
}

TEST(Weights, AFamilyIsTheLettersThatANameBeginsWith) {
  const auto family = [](std::string_view name) { return std::string(FamilyOf(name).data()); };
  EXPECT_EQ(family("openai/GPT-4o-mini"), "gpt");
  EXPECT_EQ(family("qwen2.5-7b-instruct"), "qwen");
  EXPECT_EQ(family("claude"), "claude");
  EXPECT_EQ(family("7b"), "");
  EXPECT_EQ(family("us.anthropic.claude-3-5-sonnet-v2:0"), "claude");
  EXPECT_EQ(family("claude."), "");
  EXPECT_EQ(family(std::string(100, 'X')), std::string(47, 'x'));
  Weights weights = Small();
  weights.families = {{FamilyOf("gpt"), 0.5F}};
  EXPECT_FLOAT_EQ(weights.PriorCurve("gpt-9", 1e-3).bias,
                  weights.PriorCurve("claude-9", 1e-3).bias + 0.5F);
  Weights loaded;
  ASSERT_TRUE(loaded.Load(weights.Save()));
  EXPECT_FLOAT_EQ(loaded.PriorCurve("gpt-9", 1e-3).bias, weights.PriorCurve("gpt-9", 1e-3).bias);
  weights.families[0].bias = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(loaded.Load(weights.Save()));
}

TEST(Weights, AHarderPromptIsAnsweredWellLessOften) {
  const Weights weights = Small();
  Evaluation easy;
  Evaluation hard;
  easy.difficulty = -1;
  hard.difficulty = 1;
  const SuccessCurve& curve = weights.curves.front();
  EXPECT_GT(weights.SuccessChance(easy, curve), weights.SuccessChance(hard, curve));
  EXPECT_NEAR(weights.SuccessChance(hard, curve), 1 / (1 + std::exp(1.0)), 1e-6);
}

TEST(Weights, EveryShippedModelAnswersHarderPromptsLessOften) {
  Weights weights;
  ASSERT_TRUE(weights.Load(BuiltInWeights()));
  EXPECT_GE(weights.curves.size(), 20u);
  for (const SuccessCurve& curve : weights.curves) {
    EXPECT_LT(curve.slope, 0) << curve.name.data();
    EXPECT_NEAR(curve.type_prior[kOpen], 0, 1e-3) << curve.name.data() << ": no evidence";
  }
}

TEST(Weights, NgramsOfAScriptWithoutTrainingAreNotCounted) {
  Weights weights = Small();
  FeatureVector text;
  text.cjk_buckets = {7};
  const float without = weights.Evaluate(text).gain;
  EXPECT_EQ(without, weights.Evaluate(FeatureVector()).gain);
  weights.constants.reads_cjk = 1;
  EXPECT_NE(weights.Evaluate(text).gain, without);
}

}  // namespace
}  // namespace weir::route::learned
