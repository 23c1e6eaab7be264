#include "route/learned/prompt_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "route/learned/built_in.h"
#include "route/learned/code_for_test.h"
#include "route/world_for_test.h"

namespace weir::route::learned {
namespace {

class PromptReaderTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(weights_.Load(BuiltInWeights())); }
  Evaluation Read(std::string_view text) { return reader_.Read(weights_, Asking(text)); }
  // As one text, whatever is in it.
  Evaluation Whole(std::string_view text) {
    PromptText reader;
    FeatureExtractor extractor;
    FeatureVector features;
    extractor.Extract(reader.Read(text), &features);
    return weights_.Evaluate(features);
  }

  Weights weights_;
  PromptReader reader_;
};

TEST_F(PromptReaderTest, AQuestionWithCodeIsHalfWayBetweenBoth) {
  const std::string text = fmt::format("Rename Node to Cell:{}", kStack);
  const Evaluation read = Read(text), whole = Whole(text);
  const Evaluation alone = Whole("Rename Node to Cell:");
  EXPECT_TRUE(reader_.has_code());
  EXPECT_LT(alone.need, whole.need);
  EXPECT_FLOAT_EQ(read.need, (alone.need + whole.need) / 2);
  EXPECT_FLOAT_EQ(read.difficulty, (alone.difficulty + whole.difficulty) / 2);
  EXPECT_FLOAT_EQ(read.score, weights_.ShareOf(read.need));
  float types = 0;
  for (const float share : read.type) types += share;
  EXPECT_NEAR(types, 1, 1e-5);
}

TEST_F(PromptReaderTest, WhatHasNoCodeOrNothingElseIsReadWhole) {
  for (const std::string& text :
       {std::string("What is the capital of Norway?"), std::string(kStack),
        std::string("Answer:\n```\nProve that e is irrational.\n```")}) {
    EXPECT_EQ(Read(text).need, Whole(text).need) << text;
    EXPECT_FALSE(reader_.has_code());
  }
}

TEST_F(PromptReaderTest, HarnessTextIsNoQuestionAndItsFencesAreNone) {
  const std::string ask = fmt::format("Rename Node to Cell:{}", kStack);
  std::string told = "<system-reminder>\n```\n";
  for (int i = 0; i < 40; ++i) told += "What a reminder says goes on and on without a sign.\n";
  told += "</system-reminder>\n" + ask;
  EXPECT_EQ(Read(told).need, Read(ask).need);
  EXPECT_TRUE(reader_.has_code());
  Read("<system-reminder>\n```js\nf(x);\n```\n</system-reminder>\nRename Node to Cell");
  EXPECT_FALSE(reader_.has_code());
}

TEST_F(PromptReaderTest, LanguageAndFeaturesAreTheQuestions) {
  Read(fmt::format("Rename Node to Cell:{}", kStack));
  EXPECT_EQ(reader_.language().all, 4u);
  EXPECT_LT(reader_.features().buckets.size(), 20u);
  Read(kStack);
  EXPECT_GT(reader_.features().buckets.size(), 20u);
}

TEST_F(PromptReaderTest, OwnLabelsAreOfWholeMessages) {
  weights_.own.labels = 100;
  weights_.own.weights[0] = 1;
  const std::string text = fmt::format("Rename Node to Cell:{}", kStack);
  EXPECT_EQ(Read(text).need, Whole(text).need);
}

}  // namespace
}  // namespace weir::route::learned
