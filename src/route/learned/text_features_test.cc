#include "route/learned/text_features.h"

#include <gtest/gtest.h>

#include <set>

#include "route/learned/reading_for_test.h"

namespace weir::route::learned {
namespace {

float CueOf(const FeatureVector& features, Cue cue) {
  return features.scalars[kShapeScalars + static_cast<int>(cue)];
}

TEST(TextFeatures, NgramsAreDistinctWordsAndPairsWithoutCase) {
  const FeatureVector once = FeaturesOf("Red fish blue fish");
  EXPECT_EQ(once.buckets.size(), 6U) << "red fish blue, and three pairs";
  EXPECT_EQ(std::set<uint32_t>(once.buckets.begin(), once.buckets.end()).size(), 6U);
  EXPECT_EQ(FeaturesOf("RED FISH BLUE FISH").buckets, once.buckets);
  EXPECT_TRUE(FeaturesOf("").buckets.empty());
}

TEST(TextFeatures, TheLastParagraphComesFirst) {
  const FeatureVector features =
      FeaturesOf("Some pasted context here.\n\nWhat does the context say?");
  const FeatureVector question = FeaturesOf("What does the context say?");
  ASSERT_GE(features.buckets.size(), question.buckets.size());
  EXPECT_TRUE(
      std::equal(question.buckets.begin(), question.buckets.end(), features.buckets.begin()));
  EXPECT_EQ(features.focus_buckets, question.buckets.size());
}

TEST(TextFeatures, NumbersCountByTheirLength) {
  EXPECT_EQ(FeaturesOf("add 12 and 34").buckets, FeaturesOf("add 56 and 78").buckets);
  EXPECT_NE(FeaturesOf("add 12").buckets, FeaturesOf("add 12345").buckets);
}

TEST(TextFeatures, CuesAreEvidenceInEnglishAndChinese) {
  EXPECT_GT(CueOf(FeaturesOf("prove the theorem"), Cue::kProof), 0);
  EXPECT_GT(CueOf(FeaturesOf("请证明这个定理"), Cue::kProof), 0);
  EXPECT_GT(CueOf(FeaturesOf("设计一个分布式系统"), Cue::kSystems), 0);
  EXPECT_EQ(CueOf(FeaturesOf("improve the approval"), Cue::kProof), 0)
      << "words, not parts of words";
}

TEST(TextFeatures, ACueCountsOnceAndACompoundIsAWordOfItsOwn) {
  const float once = CueOf(FeaturesOf("the lock-free one"), Cue::kSystems);
  EXPECT_GT(once, CueOf(FeaturesOf("the locked free one"), Cue::kSystems));
  EXPECT_EQ(CueOf(FeaturesOf("the lock-free one is lock-free"), Cue::kSystems), once);
  EXPECT_GT(CueOf(FeaturesOf("the lock-free one is wait-free"), Cue::kSystems), once);
  const float garbage =
      CueOf(FeaturesOf("垃圾回收"), Cue::kCode) + CueOf(FeaturesOf("垃圾回收"), Cue::kSystems);
  EXPECT_EQ(CueOf(FeaturesOf("垃圾回收 垃圾回收"), Cue::kCode) +
                CueOf(FeaturesOf("垃圾回收 垃圾回收"), Cue::kSystems),
            garbage);
}

TEST(TextFeatures, ChineseHasNgramsOfItsOwnAndCountsAsWords) {
  const FeatureVector chinese = FeaturesOf("法国的首都是哪里");
  EXPECT_TRUE(chinese.buckets.empty());
  EXPECT_EQ(chinese.cjk_buckets.size(), 8U + 7U + 6U);
  EXPECT_GT(chinese.scalars[kLogWords], 0);
  EXPECT_EQ(chinese.foreign_letters, 0);
}

TEST(TextFeatures, OtherScriptsAreForeign) {
  EXPECT_GT(FeaturesOf("Почему небо синее?").foreign_letters, 0.9F);
  EXPECT_LT(FeaturesOf("a café in Zürich").foreign_letters, 0.2F);
}

TEST(TextFeatures, AnExtractorForgetsTheTextBefore) {
  FeatureExtractor extractor;
  FeatureVector features;
  TextMap map;
  Tokens tokens;
  for (const std::string_view text :
       {"a long text about something else 语言模型", "Red fish blue fish"}) {
    map.Read(text);
    tokens.Read(map);
    extractor.Extract({&map, tokens.all(), {}}, &features);
  }
  EXPECT_EQ(features.buckets, FeaturesOf("Red fish blue fish").buckets);
  EXPECT_TRUE(features.cjk_buckets.empty());
}

// Any bytes, any length: bounded, and no reading past the end (the sanitizers watch).
TEST(TextFeatures, AnyBytesAreRead) {
  std::string text;
  uint32_t state = 1;
  for (int i = 0; i < 60'000; ++i) {
    state = state * 1664525 + 1013904223;
    text.push_back(static_cast<char>(state >> 24));
  }
  for (size_t size : {size_t{1}, size_t{2}, size_t{3}, size_t{8191}, size_t{8193}, text.size()}) {
    const FeatureVector features = FeaturesOf(std::string_view(text).substr(0, size));
    for (const float value : features.scalars) EXPECT_FALSE(std::isnan(value));
  }
  EXPECT_EQ(FeaturesOf("\xE4\xBD").scalars[kLogWords], 0) << "half a character is no word";
}

}  // namespace
}  // namespace weir::route::learned
