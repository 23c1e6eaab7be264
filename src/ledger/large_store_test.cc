// A store of many rows (HARDENING P13): what is asked for is found by index.
#include <gtest/gtest.h>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sink.h"

namespace weir::ledger {
namespace {

constexpr int kRows = 20'000;
constexpr int64_t kSteps = 20'000;  // of SQLite's machine: much for a page, too few for a walk

class LargeStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int n = 0; n < kRows; ++n) {
      rows_.push_back(MakeRow(n));
      if (n % 4000 == 7) rows_.back().outcome = "upstream_reset";
      if (n % 4000 == 8) rows_.back().model = "aiwave/qwen-max";
    }
    auto sink = kSqliteSink.open(dir_.path());
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE((*sink)->Store(rows_, {1, 100}));
    auto reader = Reader::Open(dir_.path(), {.list_steps = kSteps, .summarize_steps = 0});
    ASSERT_TRUE(reader) << reader.error().message;
    reader_ = std::move(*reader);
  }
  size_t Page(DecisionFilter filter) {
    filter.limit = 20;
    auto found = reader_->List(filter);
    EXPECT_TRUE(found) << found.error().message;
    return found ? found->size() : 0;
  }

  TempDir dir_;
  std::vector<Record> rows_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(LargeStoreTest, P13PagesAreFoundByIndex) {
  EXPECT_EQ(Page({}), 20U);
  EXPECT_EQ(Page({.after = rows_[100].id.ToString()}), 20U) << "the last pages as the first";
  EXPECT_EQ(Page({.since = rows_[50].time, .until = rows_[60].time}), 10U);
  EXPECT_EQ(Page({.outcome = "upstream_reset"}), 5U);
  EXPECT_EQ(Page({.model = "aiwave/qwen-max"}), 5U);
  auto one = reader_->Find(rows_[5].id);
  EXPECT_TRUE(one && one->has_value());
  EXPECT_FALSE(reader_->List({.route = "nowhere"})) << "the limit is one that a walk exceeds";
}

}  // namespace
}  // namespace weir::ledger
