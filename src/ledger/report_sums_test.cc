// Random rows of all kinds, summed up a second time from the rows themselves.
#include <map>

#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

struct Expected {
  int64_t requests = 0, spent = 0, baseline = 0, low = 0, high = 0, compared_spent = 0;
  int64_t shadow = 0, judge = 0, lost = 0, cache = 0, failed = 0;
  int64_t saved() const { return baseline - compared_spent - shadow - judge - lost; }
};

void Count(const Record& row, Expected* sum) {
  int64_t judge = 0, failed = 0;
  for (const Attempt& attempt : row.attempts) {
    if (attempt.role == "judge") judge += attempt.cost.nano;
    if (attempt.outcome != "ok") failed += attempt.cost.nano;
  }
  if (row.kind == kSample) {
    sum->judge += judge;
    sum->shadow += row.cost.nano - judge;
  } else if (row.kind == kLost) {
    sum->lost += row.cost.nano;
  } else if (row.kind.empty()) {
    ++sum->requests;
    sum->spent += row.cost.nano;
    sum->cache += row.cache == "hit" ? row.cache_saved.nano : 0;
    sum->failed += failed;
    if (!row.priced || !row.baseline_cost) return;
    sum->compared_spent += row.cost.nano;
    sum->baseline += row.baseline_cost->nano;
    sum->low += row.baseline_low.value_or(*row.baseline_cost).nano;
    sum->high += row.baseline_high.value_or(*row.baseline_cost).nano;
  }
}

void ExpectSame(const ReportLine& line, const Expected& sum) {
  EXPECT_EQ(line.requests, sum.requests) << line.group;
  EXPECT_EQ(line.spent.nano, sum.spent) << line.group;
  EXPECT_EQ(line.baseline.nano, sum.baseline) << line.group;
  EXPECT_EQ(line.shadow.nano, sum.shadow) << line.group;
  EXPECT_EQ(line.judge.nano, sum.judge) << line.group;
  EXPECT_EQ(line.lost.nano, sum.lost) << line.group;
  EXPECT_EQ(line.cache_saved.nano, sum.cache) << line.group;
  EXPECT_EQ(line.failed_attempts.nano, sum.failed) << line.group;
  EXPECT_EQ(line.saved().nano, sum.saved()) << line.group;
  EXPECT_EQ(line.saved_low().nano, sum.saved() - sum.baseline + sum.low) << line.group;
  EXPECT_EQ(line.saved_high().nano, sum.saved() - sum.baseline + sum.high) << line.group;
  EXPECT_EQ(line.saved().nano, line.routing_saved().nano + line.cache_with_baseline.nano -
                                   line.failed_with_baseline.nano - line.overhead().nano)
      << line.group;
}

std::string GroupOf(const Record& row, GroupBy by) {
  switch (by) {
    case GroupBy::kModel:
      return std::string(row.model);
    case GroupBy::kTier:
      return std::string(row.tier);
    case GroupBy::kRoute:
      return std::string(row.route);
    case GroupBy::kKey:
      return std::string(row.key);
    case GroupBy::kTeam:
      return std::string(row.team);
    case GroupBy::kTask:
      return std::string(row.task);
    case GroupBy::kLanguage:
      return std::string(row.language);
    case GroupBy::kDay:
      return FormatWall(row.time).substr(0, 10);
  }
  return "";
}

TEST(ReportSums, RandomRowsOfAllKindsAddUpToAnIndependentSum) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    TempDir dir;
    Traffic traffic(seed);
    std::vector<Record> rows = traffic.Days(3 + static_cast<int>(seed), 120);
    for (Record& row : rows) {
      if (traffic.Below(30) == 0) row.priced = false;
      if (traffic.Below(30) == 0) row.baseline_cost.reset();
      if (traffic.Below(30) == 0) row.baseline_low.reset();
    }
    auto sink = *kSqliteSink.open(dir.path());
    ASSERT_TRUE(sink->Store(rows, {1, 100}));
    auto reader = *Reader::Open(dir.path());
    std::map<std::string, const Record*> by_id;
    for (const Record& row : rows) by_id[row.id.ToString()] = &row;
    for (GroupBy by : {GroupBy::kModel, GroupBy::kTier, GroupBy::kRoute, GroupBy::kKey,
                       GroupBy::kTeam, GroupBy::kTask, GroupBy::kLanguage, GroupBy::kDay}) {
      std::map<std::string, Expected> groups;
      Expected total;
      for (const Record& row : rows) {
        auto parent = by_id.find(std::string(row.parent));
        const Record& named = by == GroupBy::kDay || parent == by_id.end() ? row : *parent->second;
        Count(row, &groups[GroupOf(named, by)]);
        Count(row, &total);
      }
      auto report = reader->Summarize(0, INT64_MAX, by);
      ASSERT_TRUE(report) << report.error().message;
      ExpectSame(report->total, total);
      ASSERT_EQ(report->lines.size(), groups.size()) << GroupName(by);
      for (const ReportLine& line : report->lines) ExpectSame(line, groups[line.group]);
    }
  }
}

}  // namespace
}  // namespace weir::ledger
