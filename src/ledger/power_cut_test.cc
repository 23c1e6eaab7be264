// A power cut (HARDENING P02): the disk keeps what was synced, and of the rest any part or nothing.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <set>

#include "ledger/ledger_core.h"
#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sink.h"
#include "ledger/spent_for_test.h"
#include "ledger/store.h"
#include "testing/fake_clock.h"

namespace weir::ledger {
namespace {

namespace fs = std::filesystem;

constexpr JournalLimits kSmallSegments{.segment_bytes = 8 << 10,
                                       .patience = std::chrono::milliseconds(250)};

// Remembers how much of each file, and which names of the directory, a sync has made safe.
class VolatileDisk {
 public:
  explicit VolatileDisk(std::string directory) : directory_(std::move(directory)) {}

  FileCalls Calls() {
    FileCalls calls = FileCalls::System();
    calls.sync = [this](int fd) {
      struct stat status{};
      fstat(fd, &status);
      if (S_ISDIR(status.st_mode)) {
        for (const auto& entry : fs::directory_iterator(directory_)) named_.insert(entry.path());
      } else {
        safe_[status.st_ino] = static_cast<uint64_t>(status.st_size);
      }
      return 0;
    };
    return calls;
  }

  // The store's WAL was synced, which SQLite itself does at checkpoints only.
  void NoteStoreSynced() {
    std::error_code none;
    const uint64_t size = fs::file_size(StorePath(directory_) + "-wal", none);
    store_safe_ = none ? 0 : size;
  }

  // What the next start finds in `to`; SQLite's shared memory is gone.
  void CopyAsCut(const std::string& to, std::mt19937* random) const {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(directory_)) {
      const std::string name = entry.path().filename();
      if (name.ends_with("-shm")) continue;
      const bool journal = name.starts_with("journal-");
      if (journal && !named_.contains(entry.path()) && (*random)() % 2 == 0) continue;
      fs::copy_file(entry.path(), fs::path(to) / name);
      const uint64_t size = entry.file_size();
      if (journal) fs::resize_file(fs::path(to) / name, Between(Safe(entry.path()), size, random));
      if (name.ends_with("-wal")) {
        fs::resize_file(fs::path(to) / name, Between(store_safe_, size, random));
      }
    }
  }

 private:
  uint64_t Safe(const std::string& path) const {
    struct stat status{};
    stat(path.c_str(), &status);
    const auto known = safe_.find(status.st_ino);
    // An inode may be that of a segment which is gone.
    return known == safe_.end() ? 0
                                : std::min(known->second, static_cast<uint64_t>(status.st_size));
  }
  static uint64_t Between(uint64_t low, uint64_t high, std::mt19937* random) {
    return low + (*random)() % (high - low + 1);
  }

  const std::string directory_;
  std::map<ino_t, uint64_t> safe_;
  std::set<std::string> named_;
  uint64_t store_safe_ = 0;
};

// The real sink, which tells the disk of its syncs.
class NotingSink final : public Sink {
 public:
  NotingSink(std::unique_ptr<Sink> sink, VolatileDisk* disk)
      : sink_(std::move(sink)), disk_(*disk) {}
  Result<void> Store(std::span<const RowView> rows, JournalPosition position) override {
    return sink_->Store(rows, position);
  }
  Result<JournalPosition> Position() override { return sink_->Position(); }
  Result<std::optional<JournalPosition>> Persist() override {
    auto persisted = sink_->Persist();
    if (persisted) disk_.NoteStoreSynced();
    return persisted;
  }
  Result<int64_t> Expire(WallMicros before, int64_t max_rows) override {
    return sink_->Expire(before, max_rows);
  }

 private:
  std::unique_ptr<Sink> sink_;
  VolatileDisk& disk_;
};

class PowerCutTest : public testing::Test {
 protected:
  // `disk` may be null: one that loses nothing.
  std::unique_ptr<LedgerCore> Open(const std::string& data_dir, VolatileDisk* disk) {
    LedgerOptions options;
    options.data_dir = data_dir;
    const SinkOpen open = [disk](const std::string& directory) -> Result<std::unique_ptr<Sink>> {
      WEIR_TRY(auto sink, kSqliteSink.open(directory));
      if (disk == nullptr) return sink;
      return std::unique_ptr<Sink>(std::make_unique<NotingSink>(std::move(sink), disk));
    };
    auto core =
        LedgerCore::Open(options, open, clock_,
                         disk == nullptr ? FileCalls::System() : disk->Calls(), kSmallSegments);
    EXPECT_TRUE(core) << core.error().message;
    return core ? std::move(*core) : nullptr;
  }
  void CutAfterSomeRows(int round);
  void LoseStore(const std::string& data_dir, size_t least, size_t most);

  FakeClock clock_;
  std::mt19937 random_{20261124};
};

// The background thread syncs at each step, once every `fsync`: rows before the last step are older
// than that.
void PowerCutTest::CutAfterSomeRows(int round) {
  const TempDir dir;
  VolatileDisk disk(dir / "data");
  auto core = Open(dir / "data", &disk);
  ASSERT_TRUE(core);
  std::vector<RequestId> safe;
  std::vector<RequestId> fresh;
  Batch batch;
  for (auto left = random_() % 120; left > 0; --left) {
    Record row = MakeRow(static_cast<int>(left));
    row.key = "a";
    row.cost = NanoUsd{1};
    batch.Clear();
    batch.Add(row);
    core->Append(batch);
    fresh.push_back(row.id);
    if (random_() % 10 > 0) continue;
    core->Step();
    safe.insert(safe.end(), fresh.begin(), fresh.end());
    fresh.clear();
  }
  disk.CopyAsCut(dir / "after", &random_);
  auto next = Open(dir / "after", nullptr);
  ASSERT_TRUE(next) << "it opens without a repair by hand";
  while (next->Step()) {
  }
  auto reader = Reader::Open(dir / "after");
  ASSERT_TRUE(reader) << reader.error().message;
  size_t missing = 0;
  for (const RequestId& id : safe) missing += (*reader)->Find(id)->has_value() ? 0 : 1;
  EXPECT_EQ(missing, 0U) << "of " << safe.size() << " in round " << round;
  const auto total = (*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total.requests;
  EXPECT_LE(static_cast<size_t>(total), safe.size() + fresh.size()) << "none twice";
  next.reset();
  LoseStore(dir / "after", safe.size(), safe.size() + fresh.size());
}

// The second copy of the books and the journal know as much; what comes then is added to it.
void PowerCutTest::LoseStore(const std::string& data_dir, size_t least, size_t most) {
  int64_t before = 0;
  for (const int rows : {0, 3}) {
    WriteBytes(StorePath(data_dir), "garbage");
    auto core = Open(data_dir, nullptr);
    ASSERT_TRUE(core);
    Batch batch;
    for (int n = 0; n < rows; ++n) {
      Record row = MakeRow(n);
      row.key = "a";
      row.cost = NanoUsd{1};
      batch.Add(row);
    }
    core->Append(batch);
    for (int i = 0; i < 100 && !core->Drained(); ++i) core->Step();
    const int64_t spent = TotalsOf(data_dir)["key:a"];
    EXPECT_GE(spent, static_cast<int64_t>(least));
    EXPECT_LE(spent, static_cast<int64_t>(most) + rows);
    EXPECT_TRUE(rows == 0 || spent == before + rows) << spent;
    before = spent;
  }
}

TEST_F(PowerCutTest, P02RowsOlderThanASyncAreThereAfterAnyCut) {
  for (int round = 0; round < 100 && !HasFailure(); ++round) CutAfterSomeRows(round);
}

}  // namespace
}  // namespace weir::ledger
