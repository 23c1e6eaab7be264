#include "learn/adapt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/linear_solve.h"
#include "route/learned/built_in.h"
#include "route/learned/reading_for_test.h"

namespace weir::learn {
namespace {

using testing::HasSubstr;

Weights BuiltIn() {
  Weights weights;
  EXPECT_TRUE(weights.Load(route::learned::BuiltInWeights()));
  return weights;
}

std::vector<Example> Read(const std::vector<std::string>& lines) {
  std::vector<Example> examples;
  for (const std::string& line : lines) {
    auto example = ReadExample(line);
    EXPECT_TRUE(example) << line << example.error().message;
    if (example) examples.push_back(*std::move(example));
  }
  return examples;
}

// A user whose cheap model answers every question about cats and none about dogs.
std::vector<Example> PetRows(int count, std::string_view task = "tell me fact") {
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    const bool dog = i % 3 == 0;
    lines.push_back(
        fmt::format(R"({{"prompt":"{} {} about my {}","model":"mine/cheap","verdict":"{}"}})", task,
                    i, dog ? "dog Rex" : "cat Tom", dog ? "bad" : "good"));
  }
  return Read(lines);
}

Result<Weights> Adapted(std::span<const Example> examples, const Weights& base = BuiltIn()) {
  const auto labels = OwnLabelsOf(examples);
  if (!labels) return labels.error();
  return Adapt(base, *labels, [](std::string_view) {});
}

route::learned::Evaluation Judge(const Weights& weights, std::string_view prompt) {
  return weights.Evaluate(route::learned::FeaturesOf(prompt));
}

double ChanceOf(const Weights& weights, std::string_view prompt) {
  const auto* own = weights.FindOwnCurve("cheap");
  EXPECT_NE(own, nullptr);
  return weights.SuccessChance(Judge(weights, prompt), weights.BaseCurve("cheap"), *own);
}

// Prompts that were sampled of one tier alone say nothing of how much traffic is easier or harder.
TEST(Adapt, LabelsThatWereChosenKeepTheirPartOfTheTraffic) {
  const std::vector<Example> examples = PetRows(300, "prove the theorem");
  const auto labels = OwnLabelsOf(examples);
  ASSERT_TRUE(labels);
  const Weights base = BuiltIn();
  const auto mean = [&](const Weights& weights) {
    double sum = 0;
    for (const OwnLabel& label : *labels) sum += weights.Evaluate(label.features).score;
    return sum / static_cast<double>(labels->size());
  };
  const auto silent = [](std::string_view) {};
  const auto chosen = Adapt(base, *labels, silent, Picture::kChosen);
  const auto fair = Adapt(base, *labels, silent, Picture::kFair);
  ASSERT_TRUE(chosen && fair);
  EXPECT_NEAR(mean(*fair), 0.5, 0.2) << "two needs are all there are: less is luck";
  EXPECT_NEAR(mean(*chosen), mean(base), 0.1);
  EXPECT_GT(std::abs(mean(base) - 0.5), 0.3) << "or this shows nothing";
  EXPECT_TRUE(std::ranges::is_sorted(chosen->shares));
  EXPECT_TRUE(Weights().Load(chosen->Save()));
  EXPECT_GT(Judge(*chosen, "prove the theorem 900 about my dog Rex").score,
            Judge(*chosen, "prove the theorem 900 about my cat Tom").score);
}

TEST(Adapt, LearnsWhatTheUsersVerdictsSay) {
  const auto weights = Adapted(PetRows(300));
  ASSERT_TRUE(weights) << weights.error().message;
  EXPECT_GT(Judge(*weights, "tell me fact 999 about my dog Rex").score,
            Judge(*weights, "tell me fact 999 about my cat Tom").score + 0.3F);
  EXPECT_LT(ChanceOf(*weights, "tell me fact 999 about my dog Rex"), 0.4);
  EXPECT_GT(ChanceOf(*weights, "tell me fact 999 about my cat Tom"), 0.7);
}

TEST(Adapt, ChancesAreCalibratedToTheLabelsInTheMean) {
  const std::vector<Example> examples = PetRows(300);
  const auto weights = Adapted(examples);
  ASSERT_TRUE(weights);
  const auto labels = OwnLabelsOf(examples);
  double sum = 0;
  for (const OwnLabel& label : *labels) {
    sum += weights->SuccessChance(weights->Evaluate(label.features), weights->BaseCurve("cheap"),
                                  *weights->FindOwnCurve("x/CHEAP"));
  }
  EXPECT_NEAR(sum / 300, 2.0 / 3, 0.05);
  EXPECT_EQ(weights->FindOwnCurve("cheap")->labels, 300U);
}

TEST(Adapt, TheSameLabelsGiveTheSameBytesThatReadBack) {
  const auto weights = Adapted(PetRows(120));
  ASSERT_TRUE(weights);
  const std::string bytes = weights->Save();
  EXPECT_EQ(Adapted(PetRows(120))->Save(), bytes);
  Weights read;
  ASSERT_TRUE(read.Load(bytes));
  EXPECT_EQ(read.Save(), bytes);
  EXPECT_EQ(ChanceOf(read, "my dog Rex"), ChanceOf(*weights, "my dog Rex"));
}

TEST(Adapt, LabelsWithoutASignalLeaveTheShippedOrder) {
  std::vector<std::string> lines;
  for (int i = 0; i < 200; ++i) {
    lines.push_back(
        fmt::format(R"({{"prompt":"question {}","model":"cheap","verdict":{}}})", i, i % 2));
  }
  const auto weights = Adapted(Read(lines));
  ASSERT_TRUE(weights);
  EXPECT_GT(Judge(*weights, "Prove that there are infinitely many primes").need,
            Judge(*weights, "hi").need);
}

TEST(Adapt, WhatCannotBeAdaptedIsRefused) {
  const auto few = Adapted(PetRows(20));
  ASSERT_FALSE(few);
  EXPECT_THAT(few.error().message, HasSubstr("20 rows have a verdict or scores"));
  const auto again = Adapted(PetRows(100), *Adapted(PetRows(100)));
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("adapted to own labels already"));
}

TEST(OwnLabels, EachKindOfRowSaysWhatItCan) {
  const auto labels = OwnLabelsOf(Read({
      R"({"prompt":"a","weak_model":"w","strong_model":"s","weak_score":0.25,"strong_score":1})",
      R"({"prompt":"b","model":"m","verdict":true})",
      R"({"prompt":"c","verdict":0.25})",
      R"({"prompt":"d","scores":{"m":1,"n":0.5}})",
      R"({"prompt":"e"})",
  }));
  ASSERT_TRUE(labels);
  ASSERT_EQ(labels->size(), 4U) << "the last says nothing";
  const double needs[] = {0.75, 0, 0.75, 0.25};
  const size_t models[] = {2, 1, 0, 2};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*labels)[i].need, needs[i]) << i;
    EXPECT_EQ((*labels)[i].scores.size(), models[i]) << i;
  }
  for (const std::string_view bad : {R"("maybe")", "2", "[1]"}) {
    EXPECT_FALSE(ReadExample(fmt::format(R"({{"prompt":"x","verdict":{}}})", bad))) << bad;
  }
}

TEST(Normal, SolvesAndPulls) {
  Normal normal(2);
  normal.Add({1, 0}, 3, 1);
  normal.Add({1, 1}, 5, 2);
  normal.Add({0, 1}, 2, 1);
  const std::vector<double> exact = normal.Solve();
  EXPECT_NEAR(exact[0], 3, 1e-9);
  EXPECT_NEAR(exact[1], 2, 1e-9);
  normal.Pull(1, 7, 1e9);
  EXPECT_NEAR(normal.Solve()[1], 7, 1e-6);
}

}  // namespace
}  // namespace weir::learn
