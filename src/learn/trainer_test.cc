#include "learn/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/split_mix.h"
#include "route/learned/reading_for_test.h"

namespace weir::learn {
namespace {

// Prompts of two kinds; only the strong model answers the second.
std::vector<Example> Rows(int count) {
  std::vector<Example> examples;
  for (int i = 0; i < count; ++i) {
    const bool hard = i % 2 == 1;
    const std::string line = fmt::format(
        R"({{"id":"{0}","source":"s{1}","category":"{2}","prompt":"{3} number {0}",)"
        R"("weak_score":{4},"strong_score":1,"scores":{{"weak":{4},"strong":1}},)"
        R"("costs":{{"weak":0.001,"strong":0.02}}}})",
        i, i % 3, hard ? "math" : "qa",
        hard ? "prove the lemma about groups" : "name the colour of the sky", hard ? 0 : 1);
    auto example = ReadExample(line);
    EXPECT_TRUE(example) << example.error().message;
    examples.push_back(*std::move(example));
  }
  return examples;
}

// What people ask for, each in words of its own.
std::vector<Example> Wishes(int from, int to) {
  constexpr std::array<std::string_view, 4> kStarts = {"write a poem about", "plan a day in",
                                                       "explain to me why", "name the colour of"};
  std::vector<Example> examples;
  for (int i = from; i < to; ++i) {
    SplitMix64 random(static_cast<uint64_t>(i));
    std::string prompt(kStarts[random.Next() % kStarts.size()]);
    for (uint64_t words = 2 + random.Next() % 20; words > 0; --words) {
      prompt += fmt::format(" w{}", random.Next() % 2000);
    }
    auto example = ReadExample(fmt::format(R"({{"prompt":"{}","source":"wishes"}})", prompt));
    EXPECT_TRUE(example) << example.error().message;
    examples.push_back(*std::move(example));
  }
  return examples;
}

Result<Weights> Trained(std::span<const Example> examples, std::span<const OpenPrompt> open = {}) {
  const auto rows = RowsOf(examples);
  if (!rows) return rows.error();
  return Train(*rows, open, [](std::string_view) {});
}

float NeedOf(const Weights& weights, std::string_view prompt) {
  return weights.Evaluate(route::learned::FeaturesOf(prompt)).need;
}

TEST(Trainer, LearnsWhatNeedsTheStrongModel) {
  const auto weights = Trained(Rows(400));
  ASSERT_TRUE(weights) << weights.error().message;
  EXPECT_GT(NeedOf(*weights, "prove the lemma about rings"),
            NeedOf(*weights, "name the colour of the sea"));
  const auto* weak = weights->FindCurve("weak");
  const auto* strong = weights->FindCurve("strong");
  ASSERT_TRUE(weak != nullptr && strong != nullptr);
  EXPECT_LT(weak->slope, strong->slope) << "falls with the difficulty";
  EXPECT_GT(weights->PriorCurve("new", 0.02).bias, weights->PriorCurve("new", 0.001).bias)
      << "dearer, stronger";
}

TEST(Trainer, AFamilyThatIsBetterThanItsPriceIsExpectedToStaySo) {
  std::vector<Example> examples;
  for (int i = 0; i < 400; ++i) {
    const int tenth = i % 10;
    auto example = ReadExample(fmt::format(
        R"({{"id":"{0}","source":"s","category":"qa","prompt":"question {0}","weak_score":0,)"
        R"("strong_score":1,"scores":{{"v/alpha-1":{1},"beta-1":{2},"alpha-2":{2},"beta-2":{3}}},)"
        R"("costs":{{"v/alpha-1":0.001,"beta-1":0.001,"alpha-2":0.02,"beta-2":0.02}}}})",
        i, tenth < 3 ? 1 : 0, tenth < 6 ? 1 : 0, tenth < 9 ? 1 : 0));
    ASSERT_TRUE(example) << example.error().message;
    examples.push_back(*std::move(example));
  }
  const auto weights = Trained(examples);
  ASSERT_TRUE(weights) << weights.error().message;
  ASSERT_EQ(weights->families.size(), 2u);
  const float alpha = weights->PriorCurve("other/Alpha-3", 0.005).bias;
  const float beta = weights->PriorCurve("beta-3-large", 0.005).bias;
  const float unknown = weights->PriorCurve("gamma", 0.005).bias;
  EXPECT_LT(alpha, unknown - 0.2F);
  EXPECT_GT(beta, unknown + 0.2F);
}

TEST(Trainer, TheSameRowsGiveTheSameBytes) {
  const std::vector<Example> examples = Rows(300);
  EXPECT_EQ(Trained(examples)->Save(), Trained(examples)->Save());
  const auto open = OpenPromptsOf(Wishes(0, 30));
  ASSERT_TRUE(open);
  EXPECT_EQ(Trained(examples, *open)->Save(), Trained(examples, *open)->Save());
}

TEST(Trainer, ScoresAreSharesOfTrafficThatWasNotSeen) {
  const auto open = OpenPromptsOf(Wishes(0, 240)), unseen = OpenPromptsOf(Wishes(240, 480));
  ASSERT_TRUE(open && unseen);
  const auto weights = Trained(Rows(400), *open);
  ASSERT_TRUE(weights);
  double sum = 0;
  for (const OpenPrompt& prompt : *unseen) sum += weights->Evaluate(prompt.features).score;
  EXPECT_NEAR(sum / static_cast<double>(unseen->size()), 0.5, 0.06);
}

// Whether a row is answered well is chance here: heads know it by heart of rows that they have
// seen, and know nothing of others.
TEST(Trainer, CurvesAreMadeOfWhatHeadsSayOfRowsTheyHaveNotSeen) {
  std::vector<Example> examples;
  SplitMix64 random(5);
  for (int i = 0; i < 400; ++i) {
    std::string prompt;
    for (int word = 0; word < 12; ++word) prompt += fmt::format("w{} ", random.Next() % 500);
    const uint64_t good = random.Next() % 2;
    auto example = ReadExample(fmt::format(
        R"({{"prompt":"{0}","source":"s","category":"qa","weak_score":{1},"strong_score":1,)"
        R"("scores":{{"m":{1},"n":{1}}}}})",
        prompt, good));
    ASSERT_TRUE(example) << example.error().message;
    examples.push_back(*std::move(example));
  }
  const auto weights = Trained(examples);
  ASSERT_TRUE(weights);
  ASSERT_NE(weights->FindCurve("m"), nullptr);
  EXPECT_NEAR(weights->FindCurve("m")->slope, 0, 0.4);
}

TEST(Trainer, OpenPromptsAreTheTrafficThatScoresAreSharesOf) {
  const auto open = OpenPromptsOf(Rows(100));
  ASSERT_TRUE(open);
  const auto weights = Trained(Rows(400), *open);
  ASSERT_TRUE(weights);
  int below = 0;
  for (const OpenPrompt& prompt : *open) {
    below += weights->Evaluate(prompt.features).score < 0.5F ? 1 : 0;
  }
  EXPECT_NEAR(below, 50, 5);
}

TEST(Trainer, AHandfulOfRowsIsRefused) {
  const auto weights = Trained(Rows(50));
  ASSERT_FALSE(weights);
  EXPECT_THAT(weights.error().message, testing::HasSubstr("50 rows have both"));
}

}  // namespace
}  // namespace weir::learn
