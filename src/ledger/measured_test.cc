// The quality of a measured tier over time: what clients got, what the tier's model says, and who
// answered.
#include "ledger/day_series.h"
#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kBig = "sea/big";
constexpr std::string_view kSmall = "brook/small";

int64_t Good(const KeptQuality& kept) {
  return kept.wins + kept.ties;
}

class MeasuredTest : public ReportFixture {
 protected:
  // On the n-th day.
  Record Request(int64_t day, std::string_view tier, std::string_view model,
                 std::string_view reason = "learned") {
    ++number_;
    Record row = MakeRow(number_, Traffic::kStart + day * kMicrosADay + number_ * 1'000'000);
    row.route = "auto";
    row.tier = tier;
    row.model = model;
    row.baseline = kBig;
    row.reason = reason;
    row.attempts.clear();
    row.cost = {};
    return row;
  }
  // About the tier `simple`, as the gateway writes it.
  Record Sample(const Record& request, std::string_view verdict, bool probe = false) {
    Record row;
    row.time = request.time;
    row.id = NewRequestId(row.time);
    row.kind = kSample;
    row.parent = request.id.ToString();
    row.route = "auto";
    row.tier = "simple";
    row.model = kSmall;
    row.baseline = kBig;
    row.outcome = probe ? kProbe : std::string_view("ok");
    row.priced = true;
    row.verdict = verdict;
    row.verdict_by = "judge";
    return row;
  }
  void Served(int64_t day, int good, int bad) {
    for (int i = 0; i < good + bad; ++i) {
      rows_.push_back(Request(day, "simple", kSmall));
      rows_.push_back(Sample(rows_.back(), i < good ? "tie" : "loss"));
    }
  }
  void HandedUp(int64_t day, int good, int bad, std::string_view model = kBig) {
    for (int i = 0; i < good + bad; ++i) {
      rows_.push_back(Request(day, "complex", model, kHandedUp));
      rows_.push_back(Sample(rows_.back(), i < good ? "tie" : "loss", true));
    }
  }
  Report Made() {
    Store(rows_);
    Report report = Summarize();
    Complete(TermsForTest(), &report);
    return report;
  }

  std::vector<Record> rows_;
  int number_ = 0;
};

TEST_F(MeasuredTest, TheBaselineInTheTiersPlaceLosesNothing) {
  Served(0, 19, 1);
  HandedUp(1, 5, 15);
  Served(2, 18, 2);
  HandedUp(2, 2, 8);
  const Report report = Made();
  ASSERT_EQ(report.quality.measured.size(), 1u)
      << "of the tier that was judged, not of who answered";
  const MeasuredTier& tier = report.quality.measured[0];
  EXPECT_EQ(tier.route, "auto");
  EXPECT_EQ(tier.tier, "simple");
  EXPECT_EQ(tier.floor, 0.9);
  EXPECT_EQ(tier.verdicts, 70);
  EXPECT_EQ(tier.days_a_point, 1);
  ASSERT_EQ(tier.points.size(), 3u);
  const auto& [first, second, third] = std::tie(tier.points[0], tier.points[1], tier.points[2]);
  EXPECT_EQ(Good(first.clients), 19);
  EXPECT_EQ(first.clients.judged(), 20);
  EXPECT_EQ(first.probes, 0);
  EXPECT_EQ(first.handed_up, 0);
  EXPECT_EQ(Good(second.clients), 20) << "clients never got what lost";
  EXPECT_EQ(second.clients.judged(), 20);
  EXPECT_EQ(second.by_baseline, 20);
  EXPECT_EQ(Good(second.model), 5);
  EXPECT_EQ(second.model.judged(), 20);
  EXPECT_EQ(second.handed_up, 20);
  EXPECT_EQ(second.requests, 20);
  EXPECT_EQ(Good(third.clients), 28);
  EXPECT_EQ(third.clients.judged(), 30);
  EXPECT_EQ(Good(third.model), 20);
  EXPECT_EQ(third.model.judged(), 30);
  EXPECT_EQ(third.probes, 10);
  ASSERT_EQ(report.series_tiers, (std::vector<std::string>{"simple", "complex"}));
  EXPECT_EQ(third.tiers[0], 20);
  EXPECT_EQ(third.tiers[1], 10);
  EXPECT_EQ(*second.clients.share, 1);
  EXPECT_EQ(*second.clients.low, 1);
  EXPECT_DOUBLE_EQ(*second.model.share, 1 - 0.75 / 0.8);
  EXPECT_TRUE(second.clients.low && second.model.low);
}

TEST_F(MeasuredTest, WhatATierBetweenAnsweredIsNoFigureOfTheClients) {
  HandedUp(0, 5, 5, "river/middle");
  const MeasuredPoint point = Made().quality.measured.at(0).points.at(0);
  EXPECT_EQ(point.clients.judged(), 0);
  EXPECT_EQ(point.elsewhere, 10);
  EXPECT_EQ(Good(point.model), 5);
}

TEST_F(MeasuredTest, ProbesAreNoVerdictsOfTheirDay) {
  Served(0, 9, 1);
  HandedUp(0, 0, 10);
  const Report report = Made();
  EXPECT_EQ(report.days.at(0).quality.judged(), 10);
  EXPECT_EQ(report.periods.at(0).quality.judged(), 10);
  EXPECT_EQ(report.quality.total.judged(), 10);
}

TEST_F(MeasuredTest, AProbesCheapCallIsNotTheBaselinesLatency) {
  HandedUp(0, 1, 0);
  Attempt cheap;
  cheap.model = kSmall;
  cheap.role = "shadow";
  cheap.outcome = "ok";
  cheap.total_us = 1'000;
  rows_.back().attempts.push_back(cheap);
  EXPECT_EQ(Made().latency.baseline.shadow, 0);
}

TEST_F(MeasuredTest, VerdictsStandForTheRequestsThatTheyWereDrawnFrom) {
  Served(0, 5, 5);
  HandedUp(0, 0, 10);
  for (Record& row : rows_) {
    if (row.kind == kSample)
      row.signals = row.outcome == kProbe ? R"({"sampled":0.1})" : R"({"sampled":1})";
  }
  rows_.push_back(Request(0, "simple", kSmall));
  rows_.push_back(Sample(rows_.back(), "tie"));
  rows_.back().signals = "{";
  const MeasuredPoint point = Made().quality.measured.at(0).points.at(0);
  EXPECT_EQ(point.clients.judged(), 21);
  const double kept = 1 - 5 / 0.8 / 111;
  EXPECT_DOUBLE_EQ(*point.clients.share, kept) << "a hundred were handed upwards";
  EXPECT_DOUBLE_EQ(*point.model.share, 1 - 105 / 0.8 / 111);
  EXPECT_LT(point.model.sums.count(), 13) << "ten weigh the most";
  EXPECT_LT(*point.clients.low, kept);
  EXPECT_GT(*point.clients.high, kept);
}

TEST_F(MeasuredTest, WhatACheaperOneIsTrustedWithIsNotItsOwn) {
  Served(0, 9, 1);
  HandedUp(0, 0, 10, "river/middle");
  for (Record& row : rows_) {
    if (row.outcome == kProbe) row.signals = R"({"sampled":0.1,"clients":0,"own":0})";
  }
  const MeasuredPoint point = Made().quality.measured.at(0).points.at(0);
  EXPECT_EQ(point.model.judged(), 10);
  EXPECT_EQ(point.probes, 0);
}

// Equal models, of whose ties the judge flips a tenth: no point is under the floor.
TEST_F(MeasuredTest, AJudgesSlipsArePutBack) {
  Served(0, 90, 5);
  for (int i = 0; i < 5; ++i) {
    rows_.push_back(Request(0, "simple", kSmall));
    rows_.push_back(Sample(rows_.back(), "win"));
  }
  const Report report = Made();
  EXPECT_EQ(*report.quality.measured.at(0).points.at(0).clients.share, 1);
  EXPECT_THAT(FormatHtml(report), Not(HasSubstr("class=\"dot loss\"")));
}

TEST_F(MeasuredTest, FewVerdictsShareAPoint) {
  for (int64_t day = 0; day < 40; ++day) Served(day, 2, 0);
  const MeasuredTier tier = Made().quality.measured.at(0);
  EXPECT_EQ(tier.days_a_point, 5) << "ten verdicts";
  ASSERT_EQ(tier.points.size(), 8u);
  for (const MeasuredPoint& point : tier.points) EXPECT_EQ(point.clients.judged(), 10);
  EXPECT_EQ(tier.points[1].begins, Traffic::kStart + 5 * kMicrosADay);
}

TEST_F(MeasuredTest, ThereAreAtMostSoMany) {
  Served(0, 1, 0);
  for (size_t i = 0; i < kMaxMeasuredTiers + 3; ++i) {
    rows_.push_back(Request(0, "simple", kSmall));
    rows_.push_back(Sample(rows_.back(), "tie"));
    rows_[rows_.size() - 2].route = rows_.back().route = fmt::format("route-{}", i);
  }
  const Report report = Made();
  EXPECT_EQ(report.quality.measured.size(), kMaxMeasuredTiers);
  EXPECT_EQ(report.quality.verdicts_beyond_measured, 4);
  EXPECT_THAT(FormatHtml(report), HasSubstr("More measured tiers"));
}

TEST_F(MeasuredTest, ThePageShowsTheWholeStory) {
  for (int64_t day = 0; day < 4; ++day) Served(day, 19, 1);
  Served(4, 8, 12);
  for (int64_t day = 5; day < 9; ++day) HandedUp(day, 8, 12);
  HandedUp(9, 19, 1);
  for (int64_t day = 10; day < 14; ++day) Served(day, 19, 1);
  const std::string page = FormatHtml(Made());
  for (const char* words :
       {"route auto, tier simple", "what clients got", "under the floor", "floor 90.0 %",
        "the baseline&#39;s own answers lose nothing", "what the tier&#39;s model would have given",
        "100 of the route&#39;s 280 requests were handed upwards because of "
        "quality, from 30 Nov to 4 Dec.",
        "<title>30 Nov: 20 of 20 requests handed upwards</title>"}) {
    EXPECT_THAT(page, HasSubstr(words));
  }
  EXPECT_THAT(page, Not(HasSubstr("Where another tier")));
}

TEST_F(MeasuredTest, JsonHasTheSameNumbers) {
  Served(0, 19, 1);
  HandedUp(1, 5, 15);
  const std::string json = FormatJson(Made());
  EXPECT_THAT(json, HasSubstr(R"("measured":[{"route":"auto","tier":"simple","floor":0.9,)"
                              R"("verdicts":40,"days_a_point":1,"points":[)"));
  EXPECT_THAT(json, HasSubstr(R"("by_baseline":20,"model":{"judged":20,"wins":0,"ties":5,)"
                              R"("losses":15,"kept":0.0625,)"));
  EXPECT_THAT(json, HasSubstr(R"("probes":20,"elsewhere":0,"requests":20,"handed_up":20,)"
                              R"("tiers":{"simple":0,"complex":20}})"));
}

TEST_F(MeasuredTest, TheModelsOfAFloorStandForThemselves) {
  for (int n = 0; n < 12; ++n) {
    rows_.push_back(Request(n / 4, "", n % 4 == 0 ? kBig : kSmall, "floor"));
    rows_.push_back(Sample(rows_.back(), "tie", n % 4 == 0));
    rows_.back().tier = kSmall;
  }
  rows_.push_back(Request(0, "", kBig, "pinned"));
  const Report report = Made();
  ASSERT_EQ(report.quality.measured.size(), 1u);
  EXPECT_EQ(report.quality.measured[0].tier, kSmall);
  EXPECT_THAT(report.series_tiers, testing::UnorderedElementsAre(kBig, kSmall, "(none)"));
}

}  // namespace
}  // namespace weir::ledger
