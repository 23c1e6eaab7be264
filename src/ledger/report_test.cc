#include "ledger/report.h"

#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

class ReportTest : public ReportFixture {
 protected:
  // A request that cost `spent` where the baseline would have cost `baseline`.
  static Record Request(int n, int64_t spent, int64_t baseline) {
    Record row = MakeRow(n, Traffic::kStart);
    row.cost = row.attempts[0].cost = NanoUsd{spent};
    row.baseline_cost = NanoUsd{baseline};
    return row;
  }
  static Record About(const Record& request, std::string_view kind) {
    Record row;
    row.time = request.time + 1'000'000;
    row.id = NewRequestId(row.time);
    row.kind = kind;
    row.parent = request.id.ToString();
    row.priced = true;
    return row;
  }
  static Record SampleOf(const Record& request, std::string_view verdict) {
    Record row = About(request, kSample);
    row.verdict = verdict;
    row.verdict_by = "judge";
    row.attempts.resize(2);
    row.attempts[0].role = "shadow";
    row.attempts[0].outcome = row.attempts[1].outcome = "ok";
    row.attempts[0].cost = NanoUsd{700};
    row.attempts[1].role = "judge";
    row.attempts[1].cost = NanoUsd{50};
    row.cost = NanoUsd{750};
    return row;
  }
};

TEST_F(ReportTest, OverheadIsShownApartAndTakenOffTheSaving) {
  Record request = Request(1, 1'000, 10'000);
  Record lost = Request(2, 400, 5'000);
  lost.kind = kLost;
  Store({request, SampleOf(request, "tie"), lost});
  const ReportLine total = Summarize().total;
  EXPECT_EQ(total.requests, 1) << "samples and lost ones are none";
  EXPECT_EQ(total.failed, 0);
  EXPECT_EQ(total.spent.nano, 1'000);
  EXPECT_EQ(total.shadow.nano, 700);
  EXPECT_EQ(total.judge.nano, 50);
  EXPECT_EQ(total.lost.nano, 400);
  EXPECT_EQ(total.baseline.nano, 10'000) << "nobody would have paid the baseline for the lost one";
  EXPECT_EQ(total.saved().nano, 10'000 - 1'000 - 750 - 400);
  EXPECT_EQ(total.samples, 1);
  EXPECT_EQ(total.lost_requests, 1);
}

TEST_F(ReportTest, ALossStaysOne) {
  Record request = Request(1, 9'000, 8'000);
  Store({request, SampleOf(request, "loss")});
  const ReportLine total = Summarize().total;
  EXPECT_EQ(total.saved().nano, -1'750);
  EXPECT_EQ(total.saved_low().nano, -1'750);
}

TEST_F(ReportTest, TheRangeIsOfTheBaselineAlone) {
  Record ranged = Request(1, 1'000, 10'000);
  ranged.baseline_low = NanoUsd{8'000};
  ranged.baseline_high = NanoUsd{13'000};
  Store({ranged, Request(2, 1'000, 5'000)});
  const Report report = Summarize();
  EXPECT_EQ(report.total.saved_low().nano, 8'000 + 5'000 - 2'000);
  EXPECT_EQ(report.total.saved().nano, 10'000 + 5'000 - 2'000);
  EXPECT_EQ(report.total.saved_high().nano, 13'000 + 5'000 - 2'000);
  EXPECT_EQ(report.audit.with_range, 1);
}

TEST_F(ReportTest, WhatTheCacheSavedIsAPartAndNeverTwice) {
  Record hit = Request(1, 0, 10'000);
  hit.attempts.clear();
  hit.cache = "hit";
  hit.cache_saved = NanoUsd{1'200};
  Record other = Request(2, 1'000, 10'000);
  other.cache_saved = NanoUsd{5'000};  // what was no hit has saved nothing
  Store({hit, other});
  const ReportLine total = Summarize().total;
  EXPECT_EQ(total.cache_hits, 1);
  EXPECT_EQ(total.cache_saved.nano, 1'200);
  EXPECT_EQ(total.routing_saved().nano, (10'000 - 1'200) + (10'000 - 1'000));
  EXPECT_EQ(total.saved().nano, 19'000);
  EXPECT_EQ(total.saved().nano, total.routing_saved().nano + total.cache_with_baseline.nano);
}

TEST_F(ReportTest, FailedAttemptsAreAPartOfWhatWasSpent) {
  Record request = Request(1, 1'300, 10'000);
  request.attempts.push_back(request.attempts[0]);
  request.attempts[0].outcome = "upstream_reset";
  request.attempts[0].cost = NanoUsd{300};
  request.attempts[1].cost = NanoUsd{1'000};
  Store({request});
  const ReportLine total = Summarize().total;
  EXPECT_EQ(total.spent.nano, 1'300);
  EXPECT_EQ(total.failed_attempts.nano, 300);
  EXPECT_EQ(total.routing_saved().nano, 9'000);
  EXPECT_EQ(total.saved().nano, 8'700);
}

TEST_F(ReportTest, SamplesAndFeedbackCountWhereTheirRequestDoes) {
  Record first = Request(0, 1'000, 10'000);
  Record second = Request(1, 1'000, 10'000);
  first.key = "a";
  first.team = second.team = "core";
  second.key = "b";
  Record sample = SampleOf(second, "win");
  sample.model = "judge/of-all";
  sample.route = "elsewhere";
  Record feedback = About(first, kFeedback);
  feedback.rating = -0.5;
  Store({first, second, sample, feedback});
  for (GroupBy by : {GroupBy::kModel, GroupBy::kTier, GroupBy::kKey}) {
    const Report report = Summarize(by);
    ASSERT_EQ(report.lines.size(), 2u) << GroupName(by);
    for (const ReportLine& line : report.lines) {
      const bool seconds =
          line.group == second.model || line.group == "medium" || line.group == "b";
      EXPECT_EQ(line.samples, seconds ? 1 : 0) << line.group;
      EXPECT_EQ(line.saved().nano, seconds ? 9'000 - 750 : 9'000) << line.group;
    }
  }
  const Report report = Summarize();
  EXPECT_EQ(report.quality.routes[0].group, "auto");
  EXPECT_EQ(report.quality.feedback, 1);
  EXPECT_EQ(report.quality.rating_millionths, -500'000);
  EXPECT_EQ(report.audit.orphans, 0);
  ASSERT_EQ(report.keys.size(), 2u);
  ASSERT_EQ(report.teams.size(), 1u);
  EXPECT_EQ(report.teams[0].overhead().nano, 750);
}

TEST_F(ReportTest, ASampleWhoseRequestIsGoneCountsAsItSays) {
  Record request = Request(1, 1'000, 10'000);
  Record sample = SampleOf(request, "loss");
  sample.route = "auto";
  Record nonsense = sample;
  nonsense.id = NewRequestId(nonsense.time);
  nonsense.parent = "nonsense";
  Store({sample, nonsense});
  const Report report = Summarize(GroupBy::kRoute);
  EXPECT_EQ(report.audit.orphans, 2);
  EXPECT_EQ(report.lines[0].group, "auto");
  EXPECT_EQ(report.total.requests, 0);
  EXPECT_EQ(report.total.saved().nano, -1'500);
  EXPECT_EQ(report.quality.total.losses, 2);
}

TEST_F(ReportTest, VerdictsAreCountedBySlice) {
  std::vector<Record> rows;
  for (int n = 0; n < 4; ++n) {
    Record request = Request(n, 10, 100);
    request.task = n == 0 ? "code" : "maths";
    request.language = "en";
    rows.push_back(request);
    static constexpr std::string_view kVerdicts[] = {"win", "tie", "loss", ""};
    rows.push_back(SampleOf(request, kVerdicts[n]));
  }
  Store(rows);
  Report report = Summarize();
  EXPECT_EQ(report.quality.total.judged(), 3);
  EXPECT_EQ(report.quality.total.good(), 2);
  EXPECT_EQ(report.quality.judge, 3);
  EXPECT_EQ(report.audit.undecided, 1);
  ASSERT_EQ(report.quality.tasks.size(), 2u);
  EXPECT_EQ(report.quality.tasks[0].group, "maths");
  EXPECT_EQ(report.quality.tasks[0].losses, 1);
  EXPECT_FALSE(report.quality.total.low);
  Complete(TermsForTest(0.5), &report);
  EXPECT_TRUE(report.quality.total.low);
  EXPECT_EQ(report.quality.total.floor, 0.5);
  EXPECT_EQ(report.quality.routes[0].state(), FloorState::kOpen);
  Complete({}, &report);
}

TEST_F(ReportTest, TheBaselinesLatencyIsMeasuredOrNotShown) {
  Record routed = Request(0, 10, 100);
  routed.first_token_us = 100;
  routed.total_us = 1'000;
  Record hit = routed;
  hit.id = NewRequestId(hit.time);
  hit.cache = "hit";
  hit.total_us = 1;
  Store({routed, hit});
  Report report = Summarize();
  EXPECT_FALSE(report.latency.baseline.measured());
  EXPECT_EQ(report.latency.baseline.total_p50_us, -1);
  EXPECT_EQ(report.latency.routed.requests, 1);
  EXPECT_NEAR(static_cast<double>(report.latency.routed.total_p50_us), 1'000, 10)
      << "a hit is nobody's latency";
  Record sample = SampleOf(routed, "tie");
  sample.attempts[0].model = routed.baseline;
  sample.attempts[0].total_us = 5'000;
  Record own = Request(3, 10, 100);
  own.model = own.baseline;
  own.first_token_us = 300;
  own.total_us = 7'000;
  Store({sample, own});
  report = Summarize();
  EXPECT_EQ(report.latency.baseline.requests, 1);
  EXPECT_EQ(report.latency.baseline.shadow, 1);
  EXPECT_EQ(report.latency.baseline.first_token, 1) << "the sampled call was no stream";
  EXPECT_NEAR(static_cast<double>(report.latency.baseline.total_p95_us), 7'000, 70);
  EXPECT_EQ(report.latency.models.size(), 2u);
}

TEST_F(ReportTest, TheDearestRequestsAreTen) {
  std::vector<Record> rows;
  for (int n = 0; n < 40; ++n) rows.push_back(Request(n, (n * 7919) % 40 * 1'000, 1));
  Store(rows);
  const Report report = Summarize();
  ASSERT_EQ(report.dearest.size(), kMaxDearest);
  for (size_t i = 0; i < kMaxDearest; ++i) {
    EXPECT_EQ(report.dearest[i].cost.nano, (39 - static_cast<int64_t>(i)) * 1'000);
  }
  auto found = (*Reader::Open(dir_.path()))->Find(report.dearest[0].id);
  EXPECT_TRUE(found && found->has_value());
}

TEST_F(ReportTest, RowsUnlikeTheirAttemptsAreCounted) {
  Record request = Request(1, 1'000, 10'000);
  request.attempts[0].cost = NanoUsd{999};
  Store({request, Request(2, 5, 5)});
  EXPECT_EQ(Summarize().audit.unequal, 1);
}

TEST_F(ReportTest, PeriodsHaveNoGapsAndAreBounded) {
  Store({Request(0, 1, 1), MakeRow(0, Traffic::kStart + 3 * Traffic::kDay)});
  Report report = Summarize();
  EXPECT_EQ(report.days.size(), 2u);
  ASSERT_EQ(report.periods.size(), 4u);
  EXPECT_EQ(report.periods[1].money.requests, 0);
  EXPECT_EQ(report.periods[3].money.group, "2025-11-28");
  Store({MakeRow(0, Traffic::kStart + 5000 * Traffic::kDay)});
  report = Summarize();
  EXPECT_LE(report.periods.size(), kMaxPeriods);
  int64_t requests = 0;
  for (const DayLine& period : report.periods) requests += period.money.requests;
  EXPECT_EQ(requests, 3);
}

TEST_F(ReportTest, TiersOfTheSeriesAreBounded) {
  std::vector<Record> rows;
  for (int n = 0; n < 20; ++n) {
    rows.push_back(Request(n, 1, 1));
    rows.back().tier = "t" + std::to_string(n);
  }
  Store(rows);
  const Report report = Summarize();
  EXPECT_EQ(report.series_tiers.size(), kSeriesTiers);
  EXPECT_EQ(report.series_tiers.back(), "(other)");
  EXPECT_EQ(report.days[0].tiers.back(), 20 - 7);
}

TEST_F(ReportTest, TiersOfTheSeriesKeepTheirPlaces) {
  std::vector<Record> rows;
  for (std::string_view tier : {"zeta", "complex", "", "simple", "alpha", "complex"}) {
    rows.push_back(Request(static_cast<int>(rows.size()), 1, 1));
    rows.back().tier = tier;
  }
  Store(rows);
  const Report report = Summarize();
  EXPECT_EQ(report.series_tiers,
            (std::vector<std::string>{"simple", "complex", "alpha", "zeta", "(none)"}));
  EXPECT_EQ(report.days[0].tiers, (std::array<int64_t, kSeriesTiers>{1, 2, 1, 1, 1}));
  EXPECT_EQ(report.periods[0].tiers, report.days[0].tiers);
}

TEST_F(ReportTest, KeysBeyondTheBoundAreOneLine) {
  std::vector<Record> rows;
  for (int n = 0; n < static_cast<int>(kMaxGroups) + 50; ++n) {
    rows.push_back(Request(n, 10, 20));
    rows.back().key = "k" + std::to_string(n);
  }
  Store(rows);
  const Report report = Summarize();
  EXPECT_EQ(report.keys.size(), kMaxGroups);
  int64_t spent = 0;
  for (const ReportLine& line : report.keys) spent += line.spent.nano;
  EXPECT_EQ(spent, report.total.spent.nano);
}

TEST(GroupNames, ReadAsASentenceEnds) {
  EXPECT_EQ(GroupNames(), "model, tier, route, key, team, task, language or day");
}

}  // namespace
}  // namespace weir::ledger
