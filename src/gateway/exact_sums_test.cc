// HARDENING B15: what attempts cost, what decisions say and what the report shows is one sum.
#include <gtest/gtest.h>

#include <random>

#include "gateway/accounting.h"
#include "ledger/report.h"
#include "ledger/sink.h"
#include "testing/temp_dir.h"

namespace weir::gateway {
namespace {

__extension__ using Wide = __int128;

constexpr int kRows = 100'000;
constexpr int kBatch = 1'000;
constexpr WallMicros kBegin = 1'764'000'000'000'000;
constexpr WallMicros kApart =
    1'500'000;  // 100,000 rows are a day and 17 hours: windows and midnights

// Prices with odd decimals, so that nearly every attempt is rounded.
std::vector<catalog::Model> Models() {
  std::vector<catalog::Model> models(4);
  for (size_t i = 0; i < models.size(); ++i) {
    config::PriceSettings price;
    price.input = *ParsePrice(fmt::format("{}.123456789", i));
    price.cached_input = *ParsePrice(fmt::format("0.0{}3", i));
    price.output = *ParsePrice(fmt::format("{}.987654321", 3 * i));
    price.cache_write = *ParsePrice(fmt::format("{}.2000007", i));
    price.audio_input = *ParsePrice("40.000000001");
    models[i].name = fmt::format("maker/m{}", i);
    if (i == 1) {
      price.above.resize(1);
      price.above[0].tokens = 100'000;
      price.above[0].input = *ParsePrice("7.7777777");
    } else if (i == 2) {
      price.off_peak.resize(1);
      EXPECT_TRUE(price.off_peak[0].utc.Add("16:30-00:30"));
      price.off_peak[0].input = *ParsePrice("1.0000005");
    }
    if (i != 3) models[i].prices = catalog::MakePrices(price, "", "");
  }
  return models;
}

class Traffic {
 public:
  ledger::Record Next() {
    ledger::Record row;
    row.time = kBegin + made_++ * kApart;
    row.id = NewRequestId(row.time);
    row.route = "auto";
    row.tier = Below(2) == 0 ? "simple" : "complex";
    row.outcome = Below(10) == 0 ? "upstream_status" : "ok";
    for (int64_t left = Below(4); left >= 0; --left) AddAttempt(&row);
    row.model = row.attempts.back().model;
    row.tokens = row.attempts.back().tokens;
    SumAttempts(&row);
    for (const ledger::Attempt& attempt : row.attempts) attempts += attempt.cost.nano;
    decisions += row.cost.nano;
    return row;
  }

  Wide attempts = 0;
  Wide decisions = 0;
  int unpriced = 0;

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }

  void AddAttempt(ledger::Record* row) {
    const catalog::Model& model = models_[static_cast<size_t>(Below(4))];
    Target target;
    target.model = &model;
    ledger::Tokens tokens;
    tokens.prompt = Below(Below(3) == 0 ? 300'000 : 5'000);
    tokens.cached = Below(tokens.prompt + 1);
    tokens.cache_write = Below(tokens.prompt - tokens.cached + 1);
    tokens.audio_prompt = Below(tokens.prompt + 1);
    tokens.completion = Below(4'000);
    tokens.reasoning = Below(tokens.completion + 1);
    ledger::Attempt attempt;
    attempt.model = model.name;
    Settle(target, tokens, row->time, &attempt);
    if (!attempt.priced) ++unpriced;
    row->attempts.push_back(attempt);
  }

  std::mt19937_64 random_{20261127};
  std::vector<catalog::Model> models_ = Models();
  int64_t made_ = 0;
};

Wide SumOf(const std::vector<ledger::ReportLine>& lines) {
  Wide sum = 0;
  for (const ledger::ReportLine& line : lines) sum += line.spent.nano;
  return sum;
}

// Of the attempts that the store gives back.
Wide Stored(ledger::Reader& reader) {
  Wide sum = 0;
  ledger::DecisionFilter filter{.limit = 500};
  for (;;) {
    const auto page = reader.List(filter);
    EXPECT_TRUE(page) << page.error().message;
    if (!page || page->empty()) return sum;
    for (const ledger::Record& row : *page) {
      for (const ledger::Attempt& attempt : row.attempts) sum += attempt.cost.nano;
    }
    filter.after = page->back().id.ToString();
  }
}

TEST(ExactSums, B15AttemptsDecisionsAndReportAreOneSum) {
  const TempDir dir;
  auto sink = ledger::kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink) << sink.error().message;
  Traffic traffic;
  std::vector<ledger::Record> rows;
  for (int n = 0; n < kRows; n += kBatch) {
    rows.clear();
    for (int i = 0; i < kBatch; ++i) rows.push_back(traffic.Next());
    ASSERT_TRUE((*sink)->Store(rows, {1, 100}));
  }
  EXPECT_GT(traffic.unpriced, 0);
  EXPECT_GT(traffic.attempts, 0);
  EXPECT_TRUE(traffic.attempts == traffic.decisions);

  auto reader = ledger::Reader::Open(dir.path());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_TRUE(Stored(**reader) == traffic.attempts);
  for (const auto by : {ledger::GroupBy::kModel, ledger::GroupBy::kDay}) {
    const auto report = (*reader)->Summarize(0, kBegin + kRows * kApart, by);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->total.requests, kRows);
    EXPECT_TRUE(report->total.spent.nano == traffic.attempts);
    EXPECT_TRUE(SumOf(report->lines) == traffic.attempts);
    EXPECT_TRUE(SumOf(report->tiers) == traffic.attempts);
  }
}

}  // namespace
}  // namespace weir::gateway
