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

std::vector<const TrainingRow*> PointersTo(std::span<const TrainingRow> rows) {
  std::vector<const TrainingRow*> pointers;
  for (const TrainingRow& row : rows) pointers.push_back(&row);
  return pointers;
}

TEST(Subjects, AreOfTheirSourceAndType) {
  std::vector<TrainingRow> rows = {Row("math", "algebra"), Row("math", ""), Row("mcq_stem", "ai"),
                                   Row("math", "algebra"), Row("chat", "pets")};
  rows.push_back(Row("math", "algebra"));
  rows.back().source = "t";
  const Subjects subjects(PointersTo(rows));
  ASSERT_EQ(subjects.size(), 4u);
  EXPECT_EQ(subjects.Of(0), subjects.Of(3));
  EXPECT_NE(subjects.Of(0), subjects.Of(1));
  EXPECT_NE(subjects.Of(0), subjects.Of(5)) << "of another source";
  EXPECT_EQ(subjects.Of(4), Subjects::kNone) << "chat is no task type";
  EXPECT_EQ(subjects.Of(2), 0) << "mcq_stem comes before math";
  const std::vector<float> values = {1, 0, 0, 1, 0, 0};
  const std::vector<float> means = subjects.Means(values);
  ASSERT_EQ(means.size(), 5u);
  EXPECT_FLOAT_EQ(means.back(), 2.0F / 6);
  EXPECT_FLOAT_EQ(means[subjects.Of(0)], (2 + 20 * 2.0F / 6) / 22);
}

TEST(Subjects, TheSmallestOfTooManyBecomeOne) {
  std::vector<TrainingRow> rows;
  for (int i = 0; i < 200; ++i) {
    for (int k = 0; k < (i < 10 ? 2 : 1); ++k) rows.push_back(Row("math", fmt::format("m{}", i)));
  }
  const Subjects subjects(PointersTo(rows));
  EXPECT_LT(subjects.size(), route::learned::SubjectHead::kMost);
  EXPECT_GT(subjects.size(), 100u);
  EXPECT_NE(subjects.Of(0), subjects.Of(2)) << "two rows each: they keep their names";
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_NE(subjects.Of(i), Subjects::kNone);
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
  const SubjectFit fit = FitSubjects(pointers, gains, open, subjects, 0.4F);
  ASSERT_EQ(fit.head.subjects, 3u);
  Weights weights;
  weights.buckets.resize(kBuckets);
  weights.gain_forest = {1, 0, {{0, 1}}, {0, 0}};
  weights.difficulty_forest = weights.gain_forest;
  weights.subject_head = fit.head;
  weights.traits = fit.traits;
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
  const std::vector<TrainingRow> rows = {Row("chat", "")};
  const auto pointers = PointersTo(rows);
  const SubjectFit fit = FitSubjects(pointers, std::vector<float>{0}, {}, Subjects(pointers), 1);
  EXPECT_EQ(fit.head.subjects, 0u);
  EXPECT_TRUE(fit.traits.empty());
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

// A pair's model keeps what the prompts say that all were asked; its types are learned of both.
TEST(SuccessCurves, PairsOnlyAddWhatTheySayOfTheirTypes) {
  std::vector<TrainingRow> rows;
  std::vector<route::learned::Evaluation> evaluations;
  for (int i = 0; i < 400; ++i) {
    const bool pair = i >= 200;
    TrainingRow& row = rows.emplace_back();
    route::learned::Evaluation& evaluation = evaluations.emplace_back();
    evaluation.difficulty = static_cast<float>(i % 5) - 2;
    evaluation.type[pair ? 1 : 2] = 1;
    const double success = pair ? 0.2 : 1 / (1 + std::exp(evaluation.difficulty));
    (pair ? row.pair : row.scores).emplace_back("m", success);
  }
  const auto both = TrainCurves(rows, evaluations);
  const auto alone = TrainCurves(std::span(rows).first(200), std::span(evaluations).first(200));
  ASSERT_EQ(both.size(), 1u);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_NEAR(alone[0].slope, -1, 0.1);
  EXPECT_NEAR(both[0].slope, alone[0].slope, 1e-3);
  EXPECT_NEAR(both[0].type_prior[2], alone[0].type_prior[2], 0.05);
  EXPECT_LT(both[0].type_prior[1], -1) << "and the pairs' type is learned";
}

}  // namespace
}  // namespace weir::learn
