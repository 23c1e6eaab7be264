// A store of rows, and reports of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sink.h"
#include "ledger/traffic_for_test.h"

namespace weir::ledger {

// Without the methods of the layer above: so much to each side.
inline ReportTerms TermsForTest(double floor = 0.9) {
  ReportTerms terms;
  terms.interval = [](int64_t good, int64_t judged) {
    const double share = static_cast<double>(good) / static_cast<double>(judged);
    const double reach = 0.5 / std::sqrt(static_cast<double>(judged));
    return ReportTerms::Interval{share - reach, share + reach};
  };
  // Of a judge that flips a tenth.
  terms.loss = [](const LossSums& sums) {
    if (sums.served <= 0) return ReportTerms::Loss{0, 0, 0, 0, 1};
    const double loss = sums.net / 0.8 / sums.traffic;
    const double reach = 2 * std::sqrt((sums.decided / sums.served + 0.01) / sums.count());
    const double chance = sums.chance_traffic > 0 ? sums.chance / sums.chance_traffic : 1;
    return ReportTerms::Loss{loss, loss - reach, loss + reach, reach / 2, chance};
  };
  terms.floor = [floor](std::string_view) { return std::optional(floor); };
  return terms;
}

class ReportFixture : public testing::Test {
 protected:
  void Store(const std::vector<Record>& rows) {
    if (!sink_) sink_ = *kSqliteSink.open(dir_.path());
    ASSERT_TRUE(sink_->Store(rows, {1, 100}));
  }
  Report Summarize(GroupBy by = GroupBy::kModel, WallMicros since = 0,
                   WallMicros until = INT64_MAX) {
    auto reader = Reader::Open(dir_.path());
    EXPECT_TRUE(reader) << reader.error().message;
    auto report = (*reader)->Summarize(since, until, by);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *std::move(report) : Report{};
  }

  TempDir dir_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace weir::ledger
