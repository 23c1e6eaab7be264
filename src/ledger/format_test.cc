#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "json/object.h"
#include "ledger/figures.h"
#include "ledger/report.h"
#include "ledger/rows_for_test.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;
using testing::Not;

ReportLine Line(std::string group, int64_t requests) {
  ReportLine line;
  line.group = std::move(group);
  line.requests = requests;
  line.prompt_tokens = 1'000'000;
  line.cached_tokens = 250'000;
  line.completion_tokens = 500'000;
  line.spent = NanoUsd{12'800'000'000};
  line.with_baseline = requests;
  line.baseline = line.baseline_low = line.baseline_high = NanoUsd{105'000'000'000};
  line.spent_with_baseline = line.spent;
  line.first_token_p50_us = 312'400;
  line.first_token_p95_us = 1'249'000;
  line.total_p50_us = 2'000'000;
  line.total_p95_us = 61'000'000;
  return line;
}

Report Example() {
  Report report;
  report.since = 1'764'000'000'000'000;
  report.until = 1'764'086'400'000'000;
  report.baselines = {"openai/gpt-4o"};
  report.total = Line("total", 10'000);
  report.total.failed = 12;
  report.lines = {Line("aiwave/glm-4-flash", 6000), Line("aiwave/deepseek-chat", 4000)};
  report.tiers = {Line("simple", 6000), Line("medium", 4000)};
  return report;
}

TEST(FormatTable, SaysWhatAPersonWithABillAsks) {
  std::string table = FormatTable(Example());
  EXPECT_THAT(table, HasSubstr("weir report: 2025-11-24 16:00 to 2025-11-25 16:00 UTC"));
  EXPECT_THAT(table, HasSubstr("requests  10,000, 12 failed (0.1 %)"));
  EXPECT_THAT(table, HasSubstr("tiers     simple 60.0 %, medium 40.0 %"));
  EXPECT_THAT(table, HasSubstr("tokens    1,000,000 in (25.0 % cached), 500,000 out"));
  EXPECT_THAT(table, HasSubstr("spent     $12.80"));
  EXPECT_THAT(table, HasSubstr("baseline  $105.00 with openai/gpt-4o\n"));
  EXPECT_THAT(table, HasSubstr("saved     $92.20 (87.8 %)"));
  EXPECT_THAT(table, HasSubstr("312 ms"));
  EXPECT_THAT(table, HasSubstr("1.2 s"));
  EXPECT_THAT(table, Not(HasSubstr("unpriced")));
}

TEST(FormatTable, ColumnsLineUp) {
  std::string table = FormatTable(Example());
  std::vector<std::string_view> rows;
  for (std::string_view line : Split(table, '\n')) {
    if (line.starts_with("  aiwave/") || line.starts_with("  total  ")) rows.push_back(line);
  }
  ASSERT_EQ(rows.size(), 3u);
  for (std::string_view row : rows) EXPECT_EQ(row.size(), rows[0].size());
}

TEST(FormatTable, SaysPlainlyWhatIsNotKnown) {
  Report report = Example();
  report.total.with_baseline = 9000;
  report.total.unpriced = 1;
  EXPECT_THAT(FormatTable(report), HasSubstr("for 9,000 of 10,000 requests"));
  EXPECT_THAT(FormatTable(report), HasSubstr("1 request unpriced"));
  report.total.with_baseline = 0;
  EXPECT_THAT(FormatTable(report), HasSubstr("no baseline"));
  EXPECT_THAT(FormatTable(report), Not(HasSubstr("\n  saved ")));
  EXPECT_THAT(FormatTable(Report{}), HasSubstr("no requests"));
}

TEST(FormatTable, ALossIsShownAsOne) {
  Report report = Example();
  report.total.spent_with_baseline = NanoUsd{110'000'000'000};
  EXPECT_THAT(FormatTable(report), HasSubstr("saved     -$5.00 (-4.8 %)"));
}

TEST(FormatTable, OverheadPartsAndRangesAreSaid) {
  Report report = Example();
  report.total.shadow = NanoUsd{2'000'000'000};
  report.total.judge = NanoUsd{200'000'000};
  report.total.cache_with_baseline = report.total.cache_saved = NanoUsd{1'000'000'000};
  report.total.baseline_low = NanoUsd{100'000'000'000};
  report.total.baseline_high = NanoUsd{120'000'000'000};
  std::string table = FormatTable(report);
  EXPECT_THAT(table, HasSubstr("overhead  $2.20: shadow $2.00, judge $0.20, lost $0.00\n"));
  EXPECT_THAT(table, HasSubstr("openai/gpt-4o, range $100.00 to $120.00\n"));
  EXPECT_THAT(table, HasSubstr("saved     $90.00 (85.7 %), range $85.00 to $105.00\n"
                               "            routing $91.20, cache $1.00, shadow -$2.00, judge "
                               "-$0.20\n"));
}

TEST(FormatTable, QualityAndLatencyAreSaidWhereMeasured) {
  Report report = Example();
  EXPECT_THAT(FormatTable(report), Not(HasSubstr("quality ")));
  report.quality.total = {.wins = 20, .ties = 975, .losses = 5};
  report.quality.feedback = 4;
  report.quality.rating_millionths = -1'000'000;
  report.latency.routed = {.requests = 5, .first_token_p50_us = 300'000, .total_p50_us = 900'000};
  report.alarms = {"route auto is \x1b[31munder its floor"};
  std::string table = FormatTable(report);
  EXPECT_THAT(table, HasSubstr("quality   99.5 % as good or better than the baseline, of 1,000"));
  EXPECT_THAT(table, HasSubstr("feedback  -0.25 on average (-1 to 1), of 4 ratings"));
  EXPECT_THAT(table, HasSubstr("latency   first token 300 ms / -, total 900 ms / - (p50 / p95)\n"
                               "  baseline  not measured\n"));
  EXPECT_THAT(table, HasSubstr("alarm     route auto is ?[31munder its floor"));
}

TEST(FormatTable, ControlsDoNotReachTheTerminal) {
  Report report = Example();
  report.lines[0].group = "\x1b[2Jmodel\r\n";
  std::string table = FormatTable(report);
  EXPECT_EQ(table.find('\x1b'), std::string::npos);
  EXPECT_EQ(table.find('\r'), std::string::npos);
}

TEST(FormatJson, HasIntegersAndExactDecimals) {
  auto parsed = json::Object::Parse(FormatJson(Example()));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(**parsed->String("by"), "model");
  EXPECT_EQ(**parsed->String("since"), "2025-11-24T16:00:00.000Z");
  auto total = json::Object::Parse(parsed->Raw("total"));
  ASSERT_TRUE(total);
  EXPECT_EQ(**total->Int("saved_nano"), 92'200'000'000);
  EXPECT_EQ(**total->String("saved_usd"), "92.20");
  EXPECT_EQ(total->Raw("saved_percent"), "87.8");
  auto lines = json::Elements(parsed->Raw("lines"));
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 2u);
}

TEST(FormatJson, WhatIsNotKnownIsNull) {
  Report report;
  report.total.group = "total";
  auto parsed = json::Object::Parse(FormatJson(report));
  ASSERT_TRUE(parsed);
  auto total = json::Object::Parse(parsed->Raw("total"));
  ASSERT_TRUE(total);
  for (std::string_view name : {"baseline_nano", "saved_usd", "saved_percent", "total_p50_us"}) {
    EXPECT_EQ(total->Raw(name), "null") << name;
  }
}

TEST(FormatCsv, OneLineAGroupThenTheTotal) {
  std::string csv = FormatCsv(Example());
  auto lines = Split(csv, '\n');
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_TRUE(lines[0].starts_with("model,requests,failed,"));
  size_t columns = Split(lines[0], ',').size();
  for (size_t i = 1; i < 4; ++i) EXPECT_EQ(Split(lines[i], ',').size(), columns);
  EXPECT_TRUE(lines[1].starts_with("\"aiwave/glm-4-flash\",6000,0,"));
  EXPECT_TRUE(lines[3].starts_with("\"total\",10000,12,"));
  EXPECT_THAT(csv, HasSubstr(",92.20,92200000000,87.8,"));
}

TEST(FormatCsv, K14_NoCellIsAFormula) {
  for (std::string_view start : {"=", "+", "-", "@", "\t", "\r"}) {
    Report report = Example();
    report.lines[0].group = std::string(start) + "cmd|' /C calc'!A0,\"x\"";
    EXPECT_THAT(FormatCsv(report),
                HasSubstr("\"'" + std::string(start) + "cmd|' /C calc'!A0,\"\"x\"\"\","));
  }
  Report report = Example();
  report.total.spent_with_baseline = NanoUsd{110'000'000'000};
  EXPECT_THAT(FormatCsv(report), HasSubstr(",\"-5.00\",\"-5000000000\",\"-4.8\","));
}

TEST(RecordJson, HoldsTheWholeDecision) {
  Record record = MakeRow(1);
  record.candidates = R"([{"model":"a","expected_cost_nano":5}])";
  record.rejected = "";
  record.signals = R"({"length":12})";
  record.first_token_us = -1;
  record.baseline_cost.reset();
  auto parsed = json::Object::Parse(RecordJson(record));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(**parsed->String("id"), record.id.ToString());
  EXPECT_EQ(**parsed->Int("time"), record.time);
  EXPECT_EQ(**parsed->String("at"), FormatWall(record.time));
  EXPECT_EQ(**parsed->Int("cost_nano"), 100'001);
  EXPECT_EQ(**parsed->String("cost_usd"), "0.000100001");
  EXPECT_EQ(parsed->Raw("baseline_cost_nano"), "null");
  EXPECT_EQ(parsed->Raw("first_token_us"), "null");
  EXPECT_EQ(parsed->Raw("candidates"), record.candidates);
  EXPECT_EQ(parsed->Raw("rejected"), "[]");
  EXPECT_EQ(parsed->Raw("signals"), record.signals);
  auto attempts = json::Elements(parsed->Raw("attempts"));
  ASSERT_TRUE(attempts);
  ASSERT_EQ(attempts->size(), 1u);
  EXPECT_EQ(**json::Object::Parse(attempts->front())->String("provider"), "aiwave");
}

TEST(RecordJson, TextThatIsNoJsonStaysAString) {
  for (std::string text : {"[1,2", "{}", "[] []", "\xff", "[\"\x01\"]"}) {
    Record record = MakeRow(1);
    record.candidates = text;
    auto parsed = json::Object::Parse(RecordJson(record));
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->KindOf("candidates"), json::Kind::kString) << text;
  }
}

TEST(Figures, MoneyIsRoundedOnceAndGrouped) {
  EXPECT_EQ(UsdRounded(NanoUsd{1'234'567'890'000'000}, 2), "$1,234,567.89");
  EXPECT_EQ(UsdRounded(NanoUsd{4'999'999}, 2), "$0.00");
  EXPECT_EQ(UsdRounded(NanoUsd{5'000'000}, 2), "$0.01");
  EXPECT_EQ(UsdRounded(NanoUsd{-4'999'999}, 2), "$0.00") << "no minus before nothing";
  EXPECT_EQ(UsdRounded(NanoUsd{-5'000'000}, 2), "-$0.01");
  EXPECT_EQ(UsdRounded(NanoUsd{1}, 9), "$0.000000001");
  EXPECT_EQ(UsdRounded(NanoUsd{INT64_MIN}, 0), "-$9,223,372,037");
}

TEST(Figures, PercentsAreRoundedHalfAwayFromZero) {
  EXPECT_EQ(Percent(1, 3), "33.3");
  EXPECT_EQ(Percent(1, 2000), "0.1");
  EXPECT_EQ(Percent(-1, 2000), "-0.1");
  EXPECT_EQ(Percent(INT64_MAX, INT64_MAX), "100.0");
  EXPECT_EQ(Percent(5, 0), "");
}

TEST(Figures, BoundsAreNeverRoundedUp) {
  EXPECT_EQ(ShareText(0.97), "97.0");
  EXPECT_EQ(ShareText(0.96999), "96.9");
  EXPECT_EQ(ShareText(1), "100.0");
}

TEST(Figures, LatenciesAndNumbersReadWell) {
  EXPECT_EQ(Latency(-1), "-");
  EXPECT_EQ(Latency(499), "0 ms");
  EXPECT_EQ(Latency(999'499), "999 ms");
  EXPECT_EQ(Latency(999'500), "1.0 s");
  EXPECT_EQ(Grouped(INT64_MIN), "-9,223,372,036,854,775,808");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Printable("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace weir::ledger
