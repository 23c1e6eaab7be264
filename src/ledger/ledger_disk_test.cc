// A disk that refuses, dawdles or lies (P04-P08).
#include "ledger/core_fixture_test.h"
#include "ledger/segment.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;

TEST_F(LedgerCoreTest, P04_AFullDiskSendsRowsToTheRingAndComesBack) {
  options_.ring_bytes = 1 << 20;
  Open();
  Append(0, 5);
  disk_.fail_all_writes = true;
  Append(5, 20);
  core_->Step();
  LedgerHealth health = core_->health();
  EXPECT_EQ(health.rows, 25u);
  EXPECT_EQ(health.rows_in_ring, 20u);
  EXPECT_EQ(health.rows_dropped, 0u);
  EXPECT_EQ(health.degraded, "journal: No space left on device");
  EXPECT_EQ(stored(), 5u) << "what the journal has goes on to the sink";
  disk_.fail_all_writes = false;
  StepAll();
  EXPECT_EQ(core_->health().rows_in_ring, 0u);
  EXPECT_EQ(core_->health().degraded, "");
  EXPECT_EQ(stored(), 25u);
  Append(25, 1);
  EXPECT_EQ(core_->health().rows_in_ring, 0u) << "straight to the journal again";
}

TEST_F(LedgerCoreTest, P04_WhileDegradedNoWorkerTouchesTheDisk) {
  Open();
  disk_.fail_all_writes = true;
  Append(0, 1);
  int writes = disk_.writes;
  Append(1, 50);
  EXPECT_EQ(disk_.writes, writes);
}

TEST_F(LedgerCoreTest, P04_RowsBeyondTheRingAreDroppedAndCountedExactly) {
  options_.ring_bytes = 20'000;
  Open();
  disk_.fail_all_writes = true;
  Append(0, 500);
  LedgerHealth health = core_->health();
  EXPECT_GT(health.rows_in_ring, 10u);
  EXPECT_LT(health.rows_in_ring, 100u);
  EXPECT_EQ(health.rows_dropped, 500 - health.rows_in_ring);
  disk_.fail_all_writes = false;
  StepAll();
  EXPECT_EQ(stored(), 500 - health.rows_dropped);
  EXPECT_EQ(core_->health().rows, stored());
}

TEST_F(LedgerCoreTest, P04_RowsThatTheDiskNeverTookAreCountedAtTheEnd) {
  Open();
  disk_.fail_all_writes = true;
  Append(0, 7);
  core_->Finish();
  EXPECT_EQ(core_->health().rows_dropped, 7u);
  EXPECT_EQ(core_->health().rows, 0u);
}

TEST_F(LedgerCoreTest, P05_ASlowWriteSendsTheFollowingRowsToTheRing) {
  Open();
  disk_.before_write = [this] { clock_.Advance(std::chrono::seconds(1)); };
  Append(0, 1);
  disk_.before_write = [] {};
  Append(1, 3);
  EXPECT_EQ(core_->health().rows_in_ring, 3u);
  EXPECT_THAT(core_->health().degraded, HasSubstr("took longer"));
  StepAll();
  EXPECT_EQ(stored(), 4u);
  EXPECT_EQ(core_->health().degraded, "");
}

// One by one the ledger's thread would never catch up with several workers.
TEST_F(LedgerCoreTest, P05_AFullRingIsEmptiedByFewWrites) {
  Open();
  Append(0, 1);
  disk_.before_write = [this] { clock_.Advance(std::chrono::seconds(1)); };
  Append(1, 1);
  disk_.before_write = [] {};
  Append(2, 20'000);
  ASSERT_EQ(core_->health().rows_in_ring, 20'000u);
  const int writes = disk_.writes;
  core_->Step();
  EXPECT_EQ(core_->health().rows_in_ring, 0u);
  EXPECT_LT(disk_.writes - writes, 20);
  StepAll();
  EXPECT_EQ(stored(), 20'002u);
  EXPECT_EQ(core_->health().rows_dropped, 0u);
}

// A disk that tears a write of many rows and refuses to cut it: each row is stored, and counted,
// once.
TEST_F(LedgerCoreTest, P06_ATornBatchLosesNothingAndCountsNothingTwice) {
  for (size_t part = 100; part < 20'000; part += 700) {
    std::filesystem::remove_all(dir_ / "data");
    disk_ = FaultyDisk();
    shelf_ = Shelf();
    Open();
    disk_.fail_all_writes = true;
    Append(0, 60);
    disk_.fail_all_writes = false;
    disk_.fail_write = disk_.writes;
    disk_.error = EIO;
    disk_.part = part;
    disk_.fail_truncate = true;
    core_->Step();
    disk_.fail_truncate = false;
    Append(60, 10);
    StepAll();
    StepAll();
    ASSERT_EQ(stored(), 70u) << part;
    ASSERT_EQ(core_->health().rows_dropped, 0u) << part;
    ASSERT_EQ(core_->health().sink_lag_rows, 0u) << part;
  }
}

// The same when a worker's own rows, those of one turn of its loop, are torn.
TEST_F(LedgerCoreTest, P06_ATornTurnLosesNothingAndCountsNothingTwice) {
  for (size_t part = 50; part < 3'000; part += 190) {
    std::filesystem::remove_all(dir_ / "data");
    disk_ = FaultyDisk();
    shelf_ = Shelf();
    Open();
    disk_.fail_write = disk_.writes;
    disk_.error = EIO;
    disk_.part = part;
    disk_.fail_truncate = true;
    AppendAtOnce(0, 12);
    disk_.fail_truncate = false;
    AppendAtOnce(12, 3);
    StepAll();
    StepAll();
    ASSERT_EQ(stored(), 15u) << part;
    ASSERT_EQ(core_->health().rows, 15u) << part;
    ASSERT_EQ(core_->health().rows_dropped, 0u) << part;
    ASSERT_EQ(core_->health().sink_lag_rows, 0u) << part;
  }
}

TEST_F(LedgerCoreTest, P06_AFileAtItsSizeLimitIsLeftForTheNext) {
  Open();
  Append(0, 1);
  disk_.fail_write = disk_.writes;
  disk_.error = EFBIG;
  Append(1, 1);
  StepAll();
  EXPECT_EQ(stored(), 2u);
  EXPECT_EQ(ListSegments(dir_ / "data")->back(), 2u);
}

// A sink is slow: what came into the ring meanwhile does not wait for all its batches.
TEST_F(LedgerCoreTest, P05_TheRingIsSeenToBetweenTheSinksBatches) {
  Open();
  Append(0, 5'000);
  shelf_.while_storing = [this] {
    disk_.fail_all_writes = true;
    Append(5'000, 1);
    disk_.fail_all_writes = false;
    shelf_.while_storing = [] {};
  };
  EXPECT_TRUE(core_->Step());
  EXPECT_EQ(stored(), 1'000u);
  StepAll();
  EXPECT_EQ(stored(), 5'001u);
}

TEST_F(LedgerCoreTest, P06_EachFailingWriteAndSyncLosesNothing) {
  for (int n = 0; n < 40; ++n) {
    std::filesystem::remove_all(dir_ / "data");
    disk_ = FaultyDisk();
    shelf_ = Shelf();
    Open({.segment_bytes = 2000});
    disk_.fail_write = disk_.writes + n;
    disk_.error = EIO;
    disk_.part = static_cast<size_t>(n) % 3 * 10;
    disk_.fail_sync = n;
    for (int row = 0; row < 40; ++row) {
      Append(row, 1);
      core_->Step();
    }
    StepAll();
    ASSERT_EQ(stored(), 40u) << n;
    ASSERT_EQ(core_->health().rows_dropped, 0u);
    ASSERT_EQ(core_->health().degraded, "");
  }
}

TEST_F(LedgerCoreTest, P06_AFailingSyncIsNamed) {
  Open();
  Append(0, 1);
  disk_.fail_sync = disk_.syncs;
  core_->Step();
  EXPECT_THAT(core_->health().degraded, HasSubstr("fsync: Input/output error"));
  core_->Step();
  EXPECT_EQ(core_->health().degraded, "");
}

TEST_F(LedgerCoreTest, P08_RowsBehindDamagedBytesAreCountedAsLost) {
  Open();
  Append(0, 1);
  uint64_t second = std::filesystem::file_size(SegmentPath(dir_ / "data", 1));
  Append(1, 9);
  std::string path = SegmentPath(dir_ / "data", 1);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(second + 20));
  file.write("????", 4);
  file.close();
  StepAll();
  EXPECT_EQ(stored(), 1u);
  EXPECT_EQ(core_->health().rows_dropped, 9u);
  EXPECT_EQ(core_->health().sink_lag_rows, 0u);
  Append(10, 5);
  StepAll();
  EXPECT_EQ(stored(), 6u);
  EXPECT_TRUE(core_->Drained());
}

}  // namespace
}  // namespace weir::ledger
