#include "learn/subjects.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "learn/logistic.h"
#include "learn/subject_fit.h"
#include "learn/success_curves.h"
#include "route/learned/reading_for_test.h"

namespace weir::learn {
namespace {

using route::learned::FeaturesOf;

TrainingRow Row(std::string category, std::string subject, std::string_view prompt = "x") {
  TrainingRow row;
  row.source = "s";
  row.category = std::move(category);
  row.subject = std::move(subject);
  row.features = FeaturesOf(prompt);
  return row;
}

template <typename Item>
std::vector<const Item*> PointersTo(const std::vector<Item>& items) {
  std::vector<const Item*> pointers;
  for (const Item& item : items) pointers.push_back(&item);
  return pointers;
}

TEST(Subjects, AreOfTheirSourceAndType) {
  std::vector<TrainingRow> rows = {Row("math", "algebra"), Row("math", ""), Row("mcq_stem", "ai"),
                                   Row("math", "algebra"), Row("chat", "pets")};
  rows.push_back(Row("math", "algebra"));
  rows.back().source = "t";
  const Subjects subjects(PointersTo(rows));
  ASSERT_EQ(subjects.size(), 5u);
  EXPECT_EQ(subjects.Of(0), subjects.Of(3));
  EXPECT_NE(subjects.Of(0), subjects.Of(1));
  EXPECT_NE(subjects.Of(0), subjects.Of(5)) << "of another source";
  EXPECT_EQ(subjects.Of(4), 4u) << "chat is no task type";
  EXPECT_EQ(subjects.TypeOf(4), route::learned::kTypes);
  EXPECT_EQ(subjects.Of(2), 0u) << "mcq_stem comes before math";
  const std::vector<float> values = {1, 0, 0, 1, 0, 0};
  const std::vector<float> means = subjects.Means(values);
  ASSERT_EQ(means.size(), 6u);
  EXPECT_FLOAT_EQ(means.back(), 2.0F / 6);
  EXPECT_FLOAT_EQ(means[subjects.Of(0)], (2 + 20 * 2.0F / 6) / 22);
}

TEST(Subjects, TheSmallestOfTooManyBecomeOneOfTheirType) {
  std::vector<TrainingRow> rows;
  for (int i = 0; i < 330; ++i) {
    const std::string category(route::learned::kTypeNames[i % 11]);
    for (int k = 0; k < (i < 22 ? 2 : 1); ++k) rows.push_back(Row(category, fmt::format("m{}", i)));
  }
  rows.push_back(Row("chat", ""));
  const Subjects subjects(PointersTo(rows));
  EXPECT_LT(subjects.size(), route::learned::SubjectHead::kMost) << "one is left for open prompts";
  EXPECT_GT(subjects.size(), 110u);
  EXPECT_NE(subjects.Of(0), subjects.Of(22)) << "two rows each: they keep their names";
  EXPECT_EQ(subjects.TypeOf(subjects.Of(rows.size() - 1)), route::learned::kTypes);
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    EXPECT_EQ(route::learned::kTypeNames[subjects.TypeOf(subjects.Of(i))], rows[i].category);
  }
}

// That know subjects, and nothing else.
Weights WeightsOf(const SubjectFit& fit) {
  Weights weights;
  weights.buckets.resize(kBuckets);
  weights.gain_forest = {1, 0, {{0, 1}}, {0, 0}};
  weights.difficulty_forest = weights.gain_forest;
  weights.subject_head = fit.head;
  weights.traits = fit.traits;
  return weights;
}

TEST(SubjectFit, TellsSubjectsOfTextsItHasNotSeen) {
  std::vector<TrainingRow> rows;
  std::vector<float> gains;
  for (int i = 0; i < 120; ++i) {
    const bool law = i % 2 == 1;
    rows.push_back(Row(law ? "qa" : "code", "",
                       law ? fmt::format("case {}: may the tenant sue the landlord", i)
                           : fmt::format("file {}: fix the compiler error in this loop", i)));
    gains.push_back(law ? 0.5F : 0.0F);
  }
  std::vector<OpenPrompt> open(30);
  for (OpenPrompt& prompt : open) prompt.features = FeaturesOf("write a poem for my grandmother");
  const auto pointers = PointersTo(rows);
  const Subjects subjects(pointers);
  const SubjectFit fit = FitSubjects(pointers, gains, PointersTo(open), subjects, 0.4F);
  ASSERT_EQ(fit.head.subjects, 3u);
  const Weights weights = WeightsOf(fit);
  const auto judge = [&](std::string_view text) { return weights.Evaluate(FeaturesOf(text)); };
  const auto law = judge("case 900: may a landlord sue his tenant");
  const auto code = judge("file 901: the compiler finds an error in my loop");
  const auto poem = judge("a poem for my grandmother");
  EXPECT_GT(law.type[7], 0.8F);
  EXPECT_GT(code.type[5], 0.8F);
  EXPECT_GT(poem.type[route::learned::kOpen], 0.8F);
  EXPECT_GT(law.gain, code.gain + 0.2F) << "what its subject gains";
}

TEST(SubjectFit, NothingToTellIsNothingTold) {
  const std::vector<const TrainingRow*> none;
  const SubjectFit fit = FitSubjects(none, {}, {}, Subjects(none), 1);
  EXPECT_EQ(fit.head.subjects, 0u);
  EXPECT_TRUE(fit.traits.empty());
}

// Categories of the user's own are closed questions still.
TEST(SubjectFit, RowsOfNoTaskTypeAreToldFromOpenPrompts) {
  std::vector<TrainingRow> rows;
  for (int i = 0; i < 60; ++i) rows.push_back(Row("pets", "", fmt::format("dog question {}", i)));
  std::vector<OpenPrompt> open(30);
  for (OpenPrompt& prompt : open) prompt.features = FeaturesOf("write a poem for my grandmother");
  const auto pointers = PointersTo(rows);
  const std::vector<float> gains(rows.size(), 0.25F);
  const SubjectFit fit = FitSubjects(pointers, gains, PointersTo(open), Subjects(pointers), 0.4F);
  const Weights weights = WeightsOf(fit);
  const auto open_share = [&](std::string_view text) {
    return weights.Evaluate(FeaturesOf(text)).type[route::learned::kOpen];
  };
  EXPECT_LT(open_share("dog question 99"), 0.2F);
  EXPECT_GT(open_share("a poem for grandmother"), 0.8F);
}

TEST(Logistic, FindsTheWeightsThatMadeTheLabels) {
  std::vector<LogisticPoint> points;
  for (int i = -200; i <= 200; ++i) {
    const double x = i / 100.0;
    points.push_back({{1, x}, 1 / (1 + std::exp(-(0.5 - 1.5 * x)))});
  }
  const std::vector<LogisticPull> free(2, {0, 1e-6});
  const std::vector<double> weights = FitLogistic(points, free);
  EXPECT_NEAR(weights[0], 0.5, 1e-3);
  EXPECT_NEAR(weights[1], -1.5, 1e-3);
  const std::vector<double> held =
      FitLogistic(points, std::vector<LogisticPull>{{0, 1e-6}, {2, 1e9}});
  EXPECT_NEAR(held[1], 2, 1e-3);
}

struct Asked {
  std::vector<TrainingRow> rows;
  std::vector<route::learned::Evaluation> evaluations;

  void Add(int count, bool pair, int type, double success_in_the_middle) {
    for (int i = 0; i < count; ++i) {
      route::learned::Evaluation& evaluation = evaluations.emplace_back();
      evaluation.difficulty = static_cast<float>(i % 5) - 2;
      evaluation.type[type] = 1;
      const double logit = std::log(success_in_the_middle / (1 - success_in_the_middle));
      const double success = 1 / (1 + std::exp(evaluation.difficulty - logit));
      TrainingRow& row = rows.emplace_back();
      (pair ? row.pair : row.scores).emplace_back("m", success);
    }
  }
  route::learned::SuccessCurve Curve() const {
    const auto curves = TrainCurves(rows, evaluations);
    EXPECT_EQ(curves.size(), 1u);
    return curves.at(0);
  }
};

// What is said of a model by prompts that all were asked stays; pairs add their types.
TEST(SuccessCurves, PairsAddWhatTheySayOfTheirTypes) {
  Asked common, both;
  common.Add(200, false, 2, 0.5);
  both.Add(200, false, 2, 0.5);
  both.Add(200, true, 1, 0.2);
  EXPECT_NEAR(common.Curve().slope, -1, 0.05);
  EXPECT_NEAR(both.Curve().slope, common.Curve().slope, 0.05) << "of the same slope";
  EXPECT_NEAR(both.Curve().type_prior[2], common.Curve().type_prior[2], 0.05);
  EXPECT_LT(both.Curve().type_prior[1], -1);
}

TEST(SuccessCurves, AModelOfPairsAloneHasACurveToo) {
  Asked pairs, common;
  pairs.Add(100, true, 1, 0.2);
  common.Add(100, false, 1, 0.2);
  EXPECT_FLOAT_EQ(pairs.Curve().bias, common.Curve().bias);
  EXPECT_FLOAT_EQ(pairs.Curve().slope, common.Curve().slope);
  EXPECT_FLOAT_EQ(pairs.Curve().type_prior[1], common.Curve().type_prior[1]);
}

}  // namespace
}  // namespace weir::learn
