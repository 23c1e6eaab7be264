#include "ledger/books.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/spent_for_test.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr std::chrono::seconds kLong{60};

class BooksTest : public testing::Test {
 protected:
  BooksTest() {
    LedgerOptions options;
    options.data_dir = dir_.path();
    options.fsync = std::chrono::milliseconds(5);
    ledger_ = *Ledger::Open(options, kSqliteSink, SystemClock());
  }
  std::vector<Record> Reserved() {
    EXPECT_TRUE(ledger_->Drain(kLong));
    return *ReadReserved(dir_.path());
  }
  int64_t SpentBy(std::string_view account) {
    EXPECT_TRUE(ledger_->Drain(kLong));
    return TotalsOf(dir_.path())[std::string(account)];
  }
  // What a sample promises before it asks an upstream: its row, and the most it can cost.
  static Record Promise() {
    Record promise = MakeRow(1);
    promise.kind = kReserve;
    promise.parent = MakeRow(0).id.ToString();
    promise.key = "client";
    promise.cost = NanoUsd{9'000};
    promise.attempts.clear();
    return promise;
  }

  TempDir dir_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(BooksTest, ASampleThatDiedIsBookedAsMeasuringAndNotToItsClient) {
  const Record promise = Promise();
  ledger_->Append(promise);
  const std::vector<Record> died = Reserved();
  ASSERT_EQ(died.size(), 1u);
  ledger_->Append(LostRow(died[0]));
  EXPECT_TRUE(Reserved().empty());
  EXPECT_EQ(SpentBy("quality:auto"), 9'000);
  EXPECT_EQ(SpentBy("key:client"), 0);
  auto reader = Reader::Open(dir_.path());
  DecisionFilter filter;
  filter.kind = kSample;
  const auto rows = *(*reader)->List(filter);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].outcome, "unknown");
  EXPECT_EQ(rows[0].parent, promise.parent);
}

TEST_F(BooksTest, ASampleThatEndedTakesItsPromiseBack) {
  const Record promise = Promise();
  ledger_->Append(promise);
  EXPECT_EQ(Reserved().size(), 1u);
  Record row = promise;
  row.kind = kSample;
  row.cost = NanoUsd{700};
  ledger_->Append(row);
  EXPECT_TRUE(Reserved().empty());
  EXPECT_EQ(SpentBy("quality:auto"), 700);
}

TEST_F(BooksTest, APersonsOrderIsInTheLedgerAndInNoSum) {
  Record order = MakeRow(1);
  order.kind = kOrder;
  order.outcome = "undo";
  order.attempts.clear();
  order.cost = {};
  ledger_->Append(order);
  ASSERT_TRUE(ledger_->Drain(kLong));
  auto reader = Reader::Open(dir_.path());
  const Report report = *(*reader)->Summarize(0, INT64_MAX, GroupBy::kModel);
  EXPECT_EQ(report.total.requests, 0);
  EXPECT_EQ(report.total.lost_requests, 0);
  DecisionFilter filter;
  filter.kind = kOrder;
  EXPECT_EQ((*reader)->List(filter)->size(), 1u);
}

}  // namespace
}  // namespace weir::ledger
