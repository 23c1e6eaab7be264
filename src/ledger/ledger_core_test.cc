#include "ledger/ledger_core.h"

#include <sys/wait.h>

#include "ledger/core_fixture_test.h"
#include "ledger/data_dir.h"
#include "ledger/report.h"
#include "ledger/segment.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;

TEST_F(LedgerCoreTest, RowsGoToTheSinkInBatches) {
  Open();
  Append(0, 2500);
  EXPECT_EQ(core_->health().sink_lag_rows, 2500u);
  EXPECT_FALSE(core_->Drained());
  StepAll();
  EXPECT_TRUE(core_->Drained());
  EXPECT_EQ(stored(), 2500u);
  EXPECT_EQ(shelf_.largest_batch, 1000u);
  LedgerHealth health = core_->health();
  EXPECT_EQ(health.rows, 2500u);
  EXPECT_EQ(health.sink_lag_rows, 0u);
  EXPECT_EQ(health.degraded, "");
}

// P01: a process that is killed is one that never gets to another step.
TEST_F(LedgerCoreTest, P01_RowsOfAKilledProcessAreStoredByTheNextOnce) {
  Open();
  Append(0, 10);
  StepAll();
  Append(10, 10);
  Open();
  EXPECT_EQ(core_->health().sink_lag_rows, 10u);
  StepAll();
  EXPECT_EQ(stored(), 20u);
  EXPECT_EQ(core_->health().sink_lag_rows, 0u);
  EXPECT_EQ(core_->health().rows_dropped, 0u);
}

TEST_F(LedgerCoreTest, P01_ACrashBetweenStoreAndTheNextStepStoresNothingTwice) {
  Open();
  Append(0, 10);
  StepAll();
  shelf_.position = {};  // as if the position had been lost: everything is offered again
  int stores = shelf_.stores;
  Open();
  StepAll();
  EXPECT_EQ(stored(), 10u);
  EXPECT_EQ(shelf_.stores, stores + 1);
}

// P02: the store may have synced rows that the journal had not.
TEST_F(LedgerCoreTest, P02_AStoreAheadOfTheJournalStillGetsEveryNewRow) {
  Open();
  Append(0, 10);
  StepAll();
  core_.reset();
  std::string segment = SegmentPath(dir_ / "data", 1);
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) / 2);
  Open();
  Append(10, 10);
  StepAll();
  EXPECT_EQ(stored(), 20u);
  EXPECT_TRUE(core_->Drained());
}

TEST_F(LedgerCoreTest, P02_AStoreAheadThatIsLockedAtTheStartToo) {
  Open();
  Append(0, 10);
  StepAll();
  core_.reset();
  std::string segment = SegmentPath(dir_ / "data", 1);
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) / 2);
  shelf_.open_refused = true;
  Open();
  Append(10, 10);
  EXPECT_FALSE(core_->Step());
  shelf_.open_refused = false;
  StepAll();
  EXPECT_EQ(stored(), 20u);
}

TEST_F(LedgerCoreTest, P03_FinishStoresWhatIsQueued) {
  Open();
  Append(0, 10'000);
  core_->Finish();
  EXPECT_EQ(stored(), 10'000u);
}

TEST_F(LedgerCoreTest, P09_ALockedSinkIsAskedAgainAndNothingIsLost) {
  Open();
  shelf_.refuses = true;
  Append(0, 1500);
  EXPECT_FALSE(core_->Step()) << "not at once again";
  EXPECT_EQ(core_->health().degraded, "sink: the shelf is locked");
  EXPECT_EQ(core_->health().sink_lag_rows, 1500u);
  EXPECT_FALSE(core_->Drained());
  shelf_.refuses = false;
  StepAll();
  EXPECT_EQ(stored(), 1500u);
  EXPECT_EQ(core_->health().degraded, "");
}

TEST_F(LedgerCoreTest, P09_ASinkThatIsLockedAtTheStartIsOpenedLater) {
  shelf_.open_refused = true;
  Open();
  Append(0, 5);
  core_->Step();
  EXPECT_EQ(core_->health().degraded, "sink: the shelf is locked");
  shelf_.open_refused = false;
  StepAll();
  EXPECT_EQ(stored(), 5u);
}

TEST_F(LedgerCoreTest, P10_ASinkThatRefusesForGoodRefusesTheStart) {
  shelf_.open_refused = true;
  shelf_.reason = Reason::kConfig;
  auto core = TryOpen();
  ASSERT_FALSE(core);
  EXPECT_EQ(core.error().message, "the shelf is locked");
}

TEST_F(LedgerCoreTest, P10_ASinkBegunAnewGetsWhatTheJournalStillHas) {
  Open();
  Append(0, 10);
  StepAll();
  shelf_.rows.clear();
  shelf_.position = {};
  shelf_.refuses = true;
  shelf_.reason = Reason::kIo;
  Append(10, 10);
  core_->Step();
  shelf_.refuses = false;
  StepAll();
  EXPECT_EQ(stored(), 20u);
  EXPECT_EQ(core_->health().sink_lag_rows, 0u);
}

TEST_F(LedgerCoreTest, P12_ASecondProcessIsRefusedWithTheFirstOnesPid) {
  Open();
  // flock belongs to the open file, so a second opening in this process is as foreign as another's.
  auto second = TryOpen();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              HasSubstr("is in use by another weir (pid " + std::to_string(getpid()) + ")"));
  core_.reset();
  EXPECT_TRUE(TryOpen());
}

TEST_F(LedgerCoreTest, P15_ADeletedDataDirIsMadeAnewAndRowsGoOn) {
  Open();
  Append(0, 5);
  StepAll();
  std::filesystem::remove_all(dir_ / "data");
  shelf_.rows.clear();
  shelf_.position = {};
  core_->Step();
  EXPECT_THAT(core_->health().degraded, HasSubstr("data_dir: "));
  Append(5, 5);
  StepAll();
  EXPECT_EQ(stored(), 5u);
  EXPECT_EQ(core_->health().degraded, "");
  auto again = TryOpen();
  EXPECT_FALSE(again) << "the new directory is locked as well";
}

TEST_F(LedgerCoreTest, P15_ADirectoryThatAnotherWeirTookIsLeftToIt) {
  Open();
  std::filesystem::remove_all(dir_ / "data");
  std::filesystem::create_directory(dir_ / "data");
  auto other = LockDataDir(dir_ / "data");
  ASSERT_TRUE(other);
  core_->Step();
  Append(0, 3);
  core_->Step();
  EXPECT_THAT(core_->health().degraded, HasSubstr("in use by another weir"));
  EXPECT_TRUE(ListSegments(dir_ / "data")->empty());
  EXPECT_EQ(core_->health().rows_in_ring, 3u);
  *other = File();
  StepAll();
  StepAll();
  EXPECT_EQ(stored(), 3u);
  EXPECT_EQ(core_->health().degraded, "");
}

TEST_F(LedgerCoreTest, P13_RetentionDeletesOldRowsOnceAnHourInSmallBatches) {
  options_.retention = std::chrono::hours(24);
  clock_.SetWall(MakeRow(0).time);
  Open();
  Append(0, 6000);
  StepAll();
  ASSERT_EQ(stored(), 6000u);
  clock_.SetWall(MakeRow(5900).time + 24 * 3'600'000'000LL);
  core_->Step();
  EXPECT_EQ(stored(), 6000u) << "not within the hour";
  clock_.Advance(std::chrono::hours(1));
  clock_.SetWall(MakeRow(5900).time + 24 * 3'600'000'000LL);
  core_->Step();
  EXPECT_EQ(stored(), 2000u) << "more than a batch of new rows, or the store would grow";
  EXPECT_EQ(shelf_.largest_expiry, 500) << "in small transactions";
  core_->Step();
  core_->Step();
  EXPECT_EQ(stored(), 100u);
}

TEST_F(LedgerCoreTest, SegmentsGoOnceTheSinkHasThem) {
  Open({.segment_bytes = 5000});
  Append(0, 200);
  ASSERT_GT(ListSegments(dir_ / "data")->size(), 5u);
  StepAll();
  EXPECT_EQ(ListSegments(dir_ / "data")->size(), 1u);
  Append(200, 1);
  StepAll();
  EXPECT_EQ(stored(), 201u);
}

TEST_F(LedgerCoreTest, ABatchIsOneWriteAndKeepsItsMemory) {
  Open();
  AppendAtOnce(0, 12);
  const char* before = batch_.rows().front().data();
  const int writes = disk_.writes;
  AppendAtOnce(0, 12);
  EXPECT_EQ(disk_.writes, writes + 1);
  EXPECT_EQ(batch_.rows().front().data(), before);
  AppendAtOnce(12, 3);
  EXPECT_EQ(core_->health().rows, 27U);
  StepAll();
  EXPECT_EQ(stored(), 27U);
}

}  // namespace
}  // namespace weir::ledger
