#include "ledger/ledger_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <map>

#include "ledger/data_dir.h"
#include "ledger/report.h"
#include "ledger/segment.h"
#include "ledger/store.h"
#include "ledger/test_rows.h"
#include "testing/fake_clock.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;

// A sink in memory that can be told to refuse; its rows outlive it, as a store does.
struct Shelf {
  std::map<RequestId, Record> rows;
  JournalPosition position;
  bool open_refused = false;
  bool refuses = false;
  int stores = 0;
  size_t largest_batch = 0;
  Reason reason = Reason::kOverloaded;
};

class ShelfSink final : public Sink {
 public:
  explicit ShelfSink(Shelf* shelf) : shelf_(*shelf) {}
  Result<void> Store(std::span<const Record> records, JournalPosition position) override {
    if (shelf_.refuses) return MakeError(shelf_.reason, "the shelf is locked");
    ++shelf_.stores;
    shelf_.largest_batch = std::max(shelf_.largest_batch, records.size());
    for (const Record& record : records) shelf_.rows.emplace(record.id, record);
    shelf_.position = position;
    return {};
  }
  Result<JournalPosition> Position() override { return shelf_.position; }
  Result<void> Persist() override { return {}; }
  Result<int64_t> Expire(WallMicros before, int64_t max_rows) override {
    int64_t expired = 0;
    for (auto at = shelf_.rows.begin(); at != shelf_.rows.end() && expired < max_rows;) {
      at = at->second.time < before ? (++expired, shelf_.rows.erase(at)) : std::next(at);
    }
    return expired;
  }

 private:
  Shelf& shelf_;
};

class LedgerCoreTest : public testing::Test {
 protected:
  void Open(JournalLimits limits = {}) {
    core_.reset();
    auto core = TryOpen(limits);
    ASSERT_TRUE(core) << core.error().message;
    core_ = std::move(*core);
  }
  Result<std::unique_ptr<LedgerCore>> TryOpen(JournalLimits limits = {}) {
    SinkOpen open = [this](const std::string&) -> Result<std::unique_ptr<Sink>> {
      if (shelf_.open_refused) return MakeError(shelf_.reason, "the shelf is locked");
      return std::unique_ptr<Sink>(std::make_unique<ShelfSink>(&shelf_));
    };
    options_.data_dir = dir_ / "data";
    return LedgerCore::Open(options_, open, clock_, disk_.Calls(), limits);
  }
  void Append(int first, int count) {
    for (int n = first; n < first + count; ++n) core_->Append(MakeRow(n), &scratch_);
  }
  void StepAll() {
    while (core_->Step()) {
    }
  }
  size_t stored() const { return shelf_.rows.size(); }

  TempDir dir_;
  FaultyDisk disk_;
  Shelf shelf_;
  FakeClock clock_;
  LedgerOptions options_;
  std::string scratch_;
  std::unique_ptr<LedgerCore> core_;
};

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
  Append(0, 1200);
  StepAll();
  ASSERT_EQ(stored(), 1200u);
  clock_.SetWall(MakeRow(1100).time + 24 * 3'600'000'000LL);
  core_->Step();
  EXPECT_EQ(stored(), 1200u) << "not within the hour";
  clock_.Advance(std::chrono::hours(1));
  clock_.SetWall(MakeRow(1100).time + 24 * 3'600'000'000LL);
  core_->Step();
  EXPECT_EQ(stored(), 700u);
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

TEST_F(LedgerCoreTest, TheScratchStopsAllocating) {
  Open();
  Append(0, 1);
  const char* before = scratch_.data();
  size_t capacity = scratch_.capacity();
  for (int n = 1; n < 100; ++n) core_->Append(MakeRow(1), &scratch_);
  EXPECT_EQ(scratch_.data(), before);
  EXPECT_EQ(scratch_.capacity(), capacity);
}

}  // namespace
}  // namespace weir::ledger
