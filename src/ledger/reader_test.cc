#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sink.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;

class ReaderTest : public testing::Test {
 protected:
  void Store(std::vector<Record> rows) {
    if (!sink_) sink_ = *kSqliteSink.open(dir_.path());
    ASSERT_TRUE(sink_->Store(rows, {1, 100}));
  }
  std::unique_ptr<Reader> Open(ReadLimits limits = {}) {
    auto reader = Reader::Open(dir_.path(), limits);
    EXPECT_TRUE(reader) << reader.error().message;
    return std::move(*reader);
  }
  Report Summarize(GroupBy by, WallMicros since = 0, WallMicros until = INT64_MAX) {
    auto report = Open()->Summarize(since, until, by);
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }

  TempDir dir_;
  std::unique_ptr<Sink> sink_;
};

std::vector<Record> Rows(int count) {
  std::vector<Record> rows;
  for (int n = 0; n < count; ++n) rows.push_back(MakeRow(n));
  return rows;
}

TEST_F(ReaderTest, NoLedgerIsSaidPlainly) {
  auto reader = Reader::Open(dir_.path());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().reason, Reason::kIo);
  EXPECT_THAT(reader.error().message, HasSubstr("there is no ledger in " + dir_.path()));
}

TEST_F(ReaderTest, SumsAreExactPerGroupAndInAll) {
  Store(Rows(6));
  Report report = Summarize(GroupBy::kModel);
  EXPECT_EQ(report.total.requests, 6);
  EXPECT_EQ(report.total.prompt_tokens, 6000 + 15);
  EXPECT_EQ(report.total.cached_tokens, 60);
  EXPECT_EQ(report.total.completion_tokens, 3000);
  EXPECT_EQ(report.total.spent.nano, 600'000 + 15);
  EXPECT_EQ(report.total.baseline.nano, 6 * 7'500'000);
  EXPECT_EQ(report.total.saved().nano, 6 * 7'500'000 - 600'015);
  ASSERT_EQ(report.lines.size(), 2u);
  EXPECT_EQ(report.lines[0].group, "aiwave/glm-4-flash") << "spent more: rows 1, 3, 5";
  EXPECT_EQ(report.lines[0].spent.nano, 300'009);
  EXPECT_EQ(report.lines[1].spent.nano, 300'006);
  ASSERT_EQ(report.tiers.size(), 2u);
  EXPECT_EQ(report.tiers[0].group, "medium");
  EXPECT_EQ(report.tiers[0].requests, 4);
  EXPECT_EQ(report.baselines, std::vector<std::string>{"openai/gpt-4o"});
}

TEST_F(ReaderTest, LatenciesAreOfAnsweredRequestsOnly) {
  auto rows = Rows(3);
  rows[0].first_token_us = 100;
  rows[1].first_token_us = -1;
  rows[2].outcome = "upstream_status";
  rows[2].total_us = 1;
  rows[0].total_us = rows[1].total_us = 200;
  Store(rows);
  Report report = Summarize(GroupBy::kRoute);
  EXPECT_EQ(report.total.failed, 1);
  EXPECT_EQ(report.total.first_token_p50_us, 100);
  EXPECT_EQ(report.total.first_token_p95_us, 100);
  EXPECT_EQ(report.total.total_p50_us, 200);
}

TEST_F(ReaderTest, ASavingIsNeverTakenFromRequestsWithoutPriceOrBaseline) {
  auto rows = Rows(3);
  rows[0].priced = false;
  rows[1].baseline_cost.reset();
  Store(rows);
  Report report = Summarize(GroupBy::kTier);
  EXPECT_EQ(report.total.unpriced, 1);
  EXPECT_EQ(report.total.with_baseline, 1);
  EXPECT_EQ(report.total.baseline.nano, 7'500'000);
  EXPECT_EQ(report.total.spent_with_baseline.nano, 100'002);
  EXPECT_EQ(report.total.spent.nano, 300'003);
}

TEST_F(ReaderTest, TheTimeRangeIsHalfOpen) {
  auto rows = Rows(10);
  Store(rows);
  EXPECT_EQ(Summarize(GroupBy::kModel, rows[2].time, rows[5].time).total.requests, 3);
  EXPECT_EQ(Summarize(GroupBy::kModel, rows[9].time + 1).total.requests, 0);
}

TEST_F(ReaderTest, DaysAreUtcAndInOrder) {
  WallMicros midnight = 1'764'028'800'000'000;  // 2025-11-25T00:00:00Z
  std::vector<Record> rows = {MakeRow(0, midnight - 1), MakeRow(0, midnight), MakeRow(1, midnight)};
  rows[0].cost = NanoUsd{0};
  Store(rows);
  Report report = Summarize(GroupBy::kDay);
  ASSERT_EQ(report.lines.size(), 2u);
  EXPECT_EQ(report.lines[0].group, "2025-11-24");
  EXPECT_EQ(report.lines[1].group, "2025-11-25");
  EXPECT_EQ(report.lines[1].requests, 2);
}

TEST_F(ReaderTest, EmptyGroupsHaveAName) {
  auto rows = Rows(1);
  rows[0].route.clear();
  rows[0].tier.clear();
  Store(rows);
  Report report = Summarize(GroupBy::kRoute);
  EXPECT_EQ(report.lines[0].group, "(none)");
  EXPECT_EQ(report.tiers[0].group, "(none)");
}

TEST_F(ReaderTest, AnEmptyLedgerGivesAnEmptyReport) {
  Store({});
  Report report = Summarize(GroupBy::kModel);
  EXPECT_EQ(report.total.requests, 0);
  EXPECT_EQ(report.total.total_p95_us, -1);
  EXPECT_TRUE(report.lines.empty());
}

TEST_F(ReaderTest, ASumBeyond64BitsIsAnErrorAndNotAFigure) {
  auto rows = Rows(2);
  rows[0].cost = rows[1].cost = NanoUsd{INT64_MAX / 2 + 1};
  Store(rows);
  auto report = Open()->Summarize(0, INT64_MAX, GroupBy::kModel);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("64 bits"));
}

TEST_F(ReaderTest, GroupsAreBounded) {
  std::vector<Record> rows = Rows(static_cast<int>(kMaxGroups) + 50);
  for (size_t n = 0; n < rows.size(); ++n) {
    rows[n].model = "m" + std::to_string(n);
    rows[n].baseline = "b" + std::to_string(n);
  }
  Store(rows);
  Report report = Summarize(GroupBy::kModel);
  EXPECT_EQ(report.lines.size(), kMaxGroups);
  int64_t requests = 0;
  for (const ReportLine& line : report.lines) requests += line.requests;
  EXPECT_EQ(requests, report.total.requests);
  EXPECT_EQ(report.lines[0].group, "(other)");
  EXPECT_EQ(report.baselines.size(), kMaxBaselines);
}

TEST_F(ReaderTest, FindBringsTheWholeRecord) {
  auto rows = Rows(3);
  rows[1].attempts.push_back(rows[0].attempts[0]);
  rows[1].attempts[1].outcome = "upstream_status";
  Store(rows);
  EXPECT_EQ(*Open()->Find(rows[1].id), rows[1]);
  EXPECT_EQ(*Open()->Find(NewRequestId(1)), std::nullopt);
}

TEST_F(ReaderTest, PagesCoverEverythingOnceNewestFirst) {
  auto rows = Rows(25);
  for (size_t n = 10; n < 20; ++n) rows[n].time = rows[10].time;  // one moment, many rows
  Store(rows);
  auto reader = Open();
  DecisionFilter filter;
  filter.limit = 4;
  std::set<RequestId> seen;
  WallMicros last = INT64_MAX;
  for (int page_number = 0;; ++page_number) {
    auto page = reader->List(filter);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    ASSERT_LT(page_number, 10);
    for (const Record& record : *page) {
      EXPECT_LE(record.time, last);
      last = record.time;
      EXPECT_TRUE(seen.insert(record.id).second);
    }
    filter.after = page->back().id.ToString();
  }
  EXPECT_EQ(seen.size(), 25u);
}

TEST_F(ReaderTest, ACursorWhoseRowIsGoneStillGoesOn) {
  auto rows = Rows(10);
  Store({rows.begin(), rows.begin() + 5});
  DecisionFilter filter;
  filter.after = rows[7].id.ToString();
  auto page = *Open()->List(filter);
  ASSERT_EQ(page.size(), 5u);
  EXPECT_EQ(page[0].id, rows[4].id);
}

TEST_F(ReaderTest, FiltersAreExactAndCombine) {
  auto rows = Rows(12);
  rows[3].outcome = "upstream_status";
  rows[5].route = "support";
  Store(rows);
  auto reader = Open();
  auto count = [&](DecisionFilter filter) { return (*reader->List(filter)).size(); };
  EXPECT_EQ(count({.route = "support"}), 1u);
  EXPECT_EQ(count({.outcome = "upstream_status"}), 1u);
  EXPECT_EQ(count({.outcome = "ok"}), 11u);
  EXPECT_EQ(count({.model = "aiwave/glm-4-flash"}), 6u);
  EXPECT_EQ(count({.model = "aiwave/glm-4-flash", .tier = "simple"}), 2u);
  EXPECT_EQ(count({.since = rows[2].time, .until = rows[4].time}), 2u);
  EXPECT_EQ(count({.limit = 0}), 1u) << "held to 1";
}

TEST_F(ReaderTest, FiltersByKeyTeamAndKind) {
  auto rows = Rows(8);
  rows[1].key = rows[2].key = "web";
  rows[2].team = "core";
  rows[3].kind = kSample;
  rows[4].kind = kFeedback;
  Store(rows);
  auto reader = Open();
  auto count = [&](DecisionFilter filter) { return (*reader->List(filter)).size(); };
  EXPECT_EQ(count({.key = "web"}), 2u);
  EXPECT_EQ(count({.key = "web", .team = "core"}), 1u);
  EXPECT_EQ(count({.kind = "sample"}), 1u);
  EXPECT_EQ(count({.kind = "request"}), 6u);
  EXPECT_EQ(count({}), 8u);
}

TEST_F(ReaderTest, LimitsAreHeldTo500) {
  Store(Rows(600));
  DecisionFilter filter;
  filter.limit = 1'000'000;
  EXPECT_EQ((*Open()->List(filter)).size(), 500u);
}

TEST_F(ReaderTest, K13_PatternsAndQuotesInFiltersAreOnlyText) {
  Store(Rows(5));
  auto reader = Open();
  for (const std::string& text :
       {std::string("%"), std::string("_______"), std::string("' OR 1=1 --"), std::string("*"),
        std::string("\0x", 2), std::string(10'000, '%')}) {
    EXPECT_TRUE(reader->List({.route = text})->empty());
    EXPECT_TRUE(reader->List({.model = text})->empty());
    EXPECT_TRUE(reader->List({.tier = text})->empty());
    EXPECT_TRUE(reader->List({.outcome = text})->empty());
    auto refused = reader->List({.after = text});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::kBadRequest);
  }
  EXPECT_EQ(reader->List({})->size(), 5u);
}

TEST_F(ReaderTest, AFilterThatFindsTooLittleStopsInsteadOfReadingOn) {
  Store(Rows(2000));
  auto reader = Open({.list_steps = 2000, .summarize_steps = 2000});
  auto page = reader->List({.route = "nowhere"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, Reason::kOverloaded);
  EXPECT_THAT(page.error().message, HasSubstr("narrow"));
  EXPECT_FALSE(reader->Summarize(0, INT64_MAX, GroupBy::kModel));
  EXPECT_TRUE(reader->Find(NewRequestId(1))) << "each call has its own budget";
}

TEST_F(ReaderTest, ReadsBesideAWriterAndSeesItsNewRows) {
  Store(Rows(3));
  auto reader = Open();
  EXPECT_EQ(reader->List({})->size(), 3u);
  Store({MakeRow(10)});
  EXPECT_EQ(reader->List({})->size(), 4u);
}

TEST_F(ReaderTest, ReadsAStoreWhoseServerHasStopped) {
  Store(Rows(3));
  sink_.reset();
  EXPECT_FALSE(std::filesystem::exists(StorePath(dir_.path()) + "-wal"));
  EXPECT_EQ(Open()->List({})->size(), 3u);
}

TEST(GroupByName, KnowsItsNames) {
  EXPECT_EQ(GroupByName("model"), GroupBy::kModel);
  EXPECT_EQ(GroupByName("day"), GroupBy::kDay);
  EXPECT_EQ(GroupByName("key"), GroupBy::kKey);
  EXPECT_EQ(GroupByName("colour"), std::nullopt);
}

}  // namespace
}  // namespace weir::ledger
