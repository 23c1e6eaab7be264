// Bodies on their way through the ledger: a disk that refuses, a process that dies, rows that
// expire.
#include "ledger/core_fixture_test.h"
#include "ledger/segment.h"

namespace weir::ledger {
namespace {

class BodiesCoreTest : public LedgerCoreTest {
 protected:
  void AppendWithBodies(int first, int count) {
    for (int n = first; n < first + count; ++n) {
      const Record row = MakeRow(n);
      Batch one;
      one.Add(row, BodiesOf(row));
      core_->Append(one);
    }
  }
  bool JournalHas(std::string_view text) const {
    for (const uint64_t number : *ListSegments(dir_ / "data")) {
      if (ReadBytes(SegmentPath(dir_ / "data", number)).find(text) != std::string::npos)
        return true;
    }
    return false;
  }
};

TEST_F(BodiesCoreTest, P04_TheRingHoldsAsManyRowsAsWithoutThem) {
  options_.ring_bytes = 20'000;
  Open();
  disk_.fail_all_writes = true;
  Append(0, 500);
  const uint64_t plain = core_->health().rows_in_ring;
  Open();
  AppendWithBodies(0, 500);
  EXPECT_EQ(core_->health().rows_in_ring, plain);
  disk_.fail_all_writes = false;
  StepAll();
  EXPECT_FALSE(JournalHas("the answer"));
}

TEST_F(BodiesCoreTest, TheyLeaveTheJournalWithinAnHour) {
  options_.retention = std::chrono::hours(24);
  clock_.SetWall(MakeRow(0).time);
  Open();
  AppendWithBodies(0, 10);
  StepAll();
  EXPECT_TRUE(JournalHas("the answer"));
  clock_.Advance(std::chrono::hours(1));
  StepAll();
  StepAll();
  EXPECT_EQ(stored(), 10u);
  EXPECT_FALSE(JournalHas("the answer"));
  const auto segments = *ListSegments(dir_ / "data");
  Append(10, 5);
  StepAll();
  clock_.Advance(std::chrono::hours(1));
  StepAll();
  EXPECT_EQ(*ListSegments(dir_ / "data"), segments) << "only where there is something to forget";
}

TEST_F(BodiesCoreTest, ThoseOfAnEarlierProcessLeaveItToo) {
  options_.retention = std::chrono::hours(24);
  clock_.SetWall(MakeRow(0).time);
  Open();
  AppendWithBodies(0, 10);
  StepAll();
  Open();
  StepAll();
  StepAll();
  EXPECT_FALSE(JournalHas("the answer"));
}

TEST_F(BodiesCoreTest, P01_ATornRowTakesItsOwnBodyAlone) {
  Open();
  AppendWithBodies(0, 3);
  core_.reset();
  const std::string segment = SegmentPath(dir_ / "data", 1);
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) - 20);
  Open();
  StepAll();
  EXPECT_EQ(stored(), 2u);
  EXPECT_TRUE(JournalHas("the answer"));
}

}  // namespace
}  // namespace weir::ledger
