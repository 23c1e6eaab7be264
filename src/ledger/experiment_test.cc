#include "ledger/experiment.h"

#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

constexpr std::string_view kStrong = "openai/gpt-4o";

class ExperimentFiguresTest : public ReportFixture {
 protected:
  Record Row(std::string_view arm, int64_t unit) {
    Record row = MakeRow(n_++);
    row.experiment = "cheaper";
    row.arm = arm;
    row.unit = unit;
    return row;
  }
  Record Request(std::string_view arm, int64_t unit, int64_t cost,
                 std::string_view model = "aiwave/glm-4-flash") {
    Record row = Row(arm, unit);
    row.cost = NanoUsd{cost};
    row.model = model;
    row.baseline = kStrong;
    rows_.push_back(row);
    return row;
  }
  // `sampled`: the JSON of a number; empty: the row has none.
  void Sample(std::string_view arm, int64_t unit, std::string_view verdict,
              std::string_view sampled = "") {
    Record row = Row(arm, unit);
    row.kind = kSample;
    row.baseline = kStrong;
    row.verdict = verdict;
    row.cost = NanoUsd{7};
    if (!sampled.empty()) row.signals = R"({"sampled":)" + std::string(sampled) + "}";
    rows_.push_back(row);
  }
  ExperimentFigures Read(ExperimentQuery query = {}) {
    Store(rows_);
    query.name = "cheaper";
    if (query.until == 0) query.until = INT64_MAX;
    auto figures = (*Reader::Open(dir_.path()))->Experiment(query);
    EXPECT_TRUE(figures) << figures.error().message;
    return figures ? *std::move(figures) : ExperimentFigures{};
  }

  int n_ = 0;
  std::vector<Record> rows_;
};

TEST_F(ExperimentFiguresTest, SumsAreOfEachUnitThatWasAssigned) {
  Request("control", 1, 100);
  Request("control", 2, 10);
  Request("control", 1, 300);
  Request("small", 3, 5);
  rows_[2].outcome = "upstream_error";
  const ExperimentFigures figures = Read();
  ASSERT_EQ(figures.arms.size(), 2u);
  const ArmFigures& control = figures.arms[0];
  EXPECT_EQ(control.requests, 3);
  EXPECT_EQ(control.failed, 1);
  ASSERT_EQ(control.units.size(), 2u) << "not three: two requests are of one";
  EXPECT_EQ(control.units[0].answers, 1);
  EXPECT_EQ(control.units[0].cost, 400) << "a failed request cost, too";
  EXPECT_EQ(control.units[1].cost, 10);
  EXPECT_EQ(figures.arms[1].units.size(), 1u);
  EXPECT_EQ(control.unnamed, 0);
}

TEST_F(ExperimentFiguresTest, RequestsThatAreNobodysAreOneUnitAndCounted) {
  Request("control", 0, 100);
  Request("control", 0, 10);
  const ExperimentFigures figures = Read();
  EXPECT_EQ(figures.arms[0].units.size(), 1u);
  EXPECT_EQ(figures.arms[0].unnamed, 2);
}

TEST_F(ExperimentFiguresTest, AVerdictStandsForTheAnswersItWasDrawnFrom) {
  Request("small", 1, 5);
  Sample("small", 1, "loss", "0.25");
  Sample("small", 1, "win", "0.5");
  Sample("small", 1, "tie");
  Sample("small", 1, "");
  Sample("small", 1, "loss", "0.5");
  rows_.back().outcome = kProbe;
  const ArmFigures arm = Read().arms[0];
  EXPECT_EQ(arm.wins + arm.ties + arm.losses, 3) << "no client got what a probe judges";
  ASSERT_EQ(arm.units.size(), 1u);
  EXPECT_EQ(arm.units[0].verdicts, 3);
  EXPECT_DOUBLE_EQ(arm.units[0].judged, 4 + 2 + 1);
  EXPECT_DOUBLE_EQ(arm.units[0].lost, 4);
  EXPECT_EQ(arm.checking.nano, 5 * 7) << "every call costs";
  EXPECT_EQ(arm.units[0].checking, 5 * 7);
}

TEST_F(ExperimentFiguresTest, WhatTheBaselineAnsweredIsKnown) {
  Request("control", 1, 100, kStrong);
  Request("control", 1, 100, "azure/gpt-4o");
  Request("control", 1, 100, "aiwave/glm-4-flash");
  // Of a route without a baseline: what the verdicts compare with counts.
  rows_[0].baseline = "";
  Sample("small", 2, "tie");
  ExperimentQuery query;
  query.are_twins = [](std::string_view one, std::string_view other) {
    return one == "azure/gpt-4o" && other == kStrong;
  };
  const ExperimentFigures figures = Read(query);
  EXPECT_THAT(figures.baselines, testing::ElementsAre(kStrong));
  EXPECT_EQ(figures.arms[0].units[0].by_baseline, 2);
}

TEST_F(ExperimentFiguresTest, EachBaselineIsNamed) {
  Request("control", 1, 100, "aiwave/glm-4-flash");
  Request("small", 2, 100);
  rows_[0].baseline = "aiwave/glm-4-flash";
  const ExperimentFigures figures = Read();
  EXPECT_THAT(figures.baselines, testing::ElementsAre("aiwave/glm-4-flash", kStrong));
  EXPECT_EQ(figures.arms[0].units[0].by_baseline, 1) << "its own";
}

TEST_F(ExperimentFiguresTest, ARatingIsItsRequestsUnits) {
  const Record request = Request("small", 9, 5);
  for (const double rating : {-1.0, 0.5}) {
    Record row = MakeRow(n_++);
    row.kind = kFeedback;
    row.parent = request.id.ToString();
    row.rating = rating;
    rows_.push_back(row);
  }
  const ArmFigures arm = Read().arms[0];
  ASSERT_EQ(arm.units.size(), 1u);
  EXPECT_EQ(arm.units[0].ratings, 1) << "the last of one request counts";
  EXPECT_EQ(arm.units[0].rating_sum, 0.5);
}

}  // namespace
}  // namespace weir::ledger
