// The store is lost, damaged or deleted, at any moment (HARDENING P10): what was spent is not.
#include <fmt/format.h>

#include "ledger/books_copy.h"
#include "ledger/core_fixture_test.h"
#include "ledger/report.h"
#include "ledger/segment.h"
#include "ledger/spent_for_test.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr JournalLimits kSmallSegments{.segment_bytes = 8 << 10,
                                       .patience = std::chrono::milliseconds(250)};

// The real sink, with a look at the directory before and after each part of Persist().
class WatchedSink final : public Sink {
 public:
  WatchedSink(std::unique_ptr<Sink> sink, std::function<void()> look)
      : sink_(std::move(sink)), look_(std::move(look)) {}
  Result<void> Store(std::span<const RowView> rows, JournalPosition position) override {
    return sink_->Store(rows, position);
  }
  Result<JournalPosition> Position() override { return sink_->Position(); }
  Result<std::optional<JournalPosition>> Persist() override {
    look_();
    auto persisted = sink_->Persist();
    look_();
    return persisted;
  }
  Result<int64_t> Expire(WallMicros before, int64_t max_rows) override {
    return sink_->Expire(before, max_rows);
  }
  Result<bool> Tidy(int64_t max_rows) override { return sink_->Tidy(max_rows); }

 private:
  std::unique_ptr<Sink> sink_;
  std::function<void()> look_;
};

using Totals = std::map<std::string, int64_t>;

class LostStoreTest : public testing::Test {
 protected:
  std::string data_dir() const { return dir_ / "data"; }

  Result<std::unique_ptr<LedgerCore>> TryOpen(const std::string& data_dir) {
    LedgerOptions options;
    options.data_dir = data_dir;
    const SinkOpen open = [this](const std::string& directory) -> Result<std::unique_ptr<Sink>> {
      WEIR_TRY(auto sink, kSqliteSink.open(directory));
      return std::unique_ptr<Sink>(
          std::make_unique<WatchedSink>(std::move(sink), [this] { look_(); }));
    };
    return LedgerCore::Open(options, open, clock_, FileCalls::System(), kSmallSegments);
  }
  // Without a word to the one that is open: as after a kill -9.
  void Open() {
    core_.reset();
    auto core = TryOpen(data_dir());
    ASSERT_TRUE(core) << core.error().message;
    core_ = std::move(*core);
  }
  // Damage may show at a step only, which then fails.
  static void StepAll(LedgerCore& core) {
    for (int steps = 0; core.Step() || !core.Drained();) ASSERT_LT(++steps, 1'000);
  }
  void StepAll() { StepAll(*core_); }
  static Record Row(int n) {
    Record row = MakeRow(n);
    row.key = n % 3 == 0 ? "b" : "a";
    row.team = n % 2 == 0 ? "core" : "";
    row.user = n % 5 == 0 ? "somebody" : "";
    row.cost = NanoUsd{1'000 + n};
    return row;
  }
  void Append(int count) {
    for (; count > 0; --count) Append(Row(next_++));
  }
  void Append(const Record& row) {
    Batch batch;
    batch.Add(row);
    core_->Append(batch);
    if (row.kind == kReserve) return;
    const auto spend = [&](std::string account) { spent_[std::move(account)] += row.cost.nano; };
    spend(fmt::format("key:{}", row.key));
    if (!row.team.empty()) spend(fmt::format("team:{}", row.team));
    if (!row.user.empty()) spend(fmt::format("user:{}\x1f{}", row.key, row.user));
  }
  // Rows that the journal has forgotten, and some that it has not.
  void FillBeyondSegments() {
    Open();
    for (int i = 0; i < 20; ++i) {
      Append(25);
      StepAll();
    }
    Append(5);
    ASSERT_GT(ListSegments(data_dir())->front(), 3U);
  }
  static void Damage(const std::string& data_dir, int how = 0) {
    const std::string path = StorePath(data_dir);
    switch (how % 4) {
      case 0:
        return WriteBytes(path, std::string(20'000, 'g'));
      case 1:
        return WriteBytes(path, "");
      case 2:
        for (std::string_view suffix : {"-wal", "-shm", ""}) {
          fs::remove(path + std::string(suffix));
        }
        return;
      default:
        fs::remove(path);
        fs::create_directory(path);
    }
  }
  static int64_t Requests(const std::string& data_dir) {
    auto reader = Reader::Open(data_dir);
    EXPECT_TRUE(reader) << reader.error().message;
    return (*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total.requests;
  }

  TempDir dir_;
  FakeClock clock_;
  std::function<void()> look_ = [] {};
  std::unique_ptr<LedgerCore> core_;
  Totals spent_;
  int next_ = 0;
};

TEST_F(LostStoreTest, P10_WhatWasSpentIsStillKnown) {
  for (int how = 0; how < 4; ++how) {
    FillBeyondSegments();
    core_.reset();
    Damage(data_dir(), how);
    Open();
    StepAll();
    EXPECT_EQ(TotalsOf(data_dir()), spent_) << how;
    EXPECT_EQ(core_->health().degraded, "");
    EXPECT_LT(Requests(data_dir()), next_);
  }
}

TEST_F(LostStoreTest, P10_RowsThatTheJournalStillHasAreStoredAgainAndBookedOnce) {
  Open();
  Append(10);
  StepAll();
  Append(3);
  core_->Finish();
  core_.reset();
  Damage(data_dir());
  Open();
  Append(2);
  StepAll();
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
  EXPECT_EQ(Requests(data_dir()), 15);
}

TEST_F(LostStoreTest, P10_ASoundStoreIsNotTouchedByItsCopy) {
  FillBeyondSegments();
  core_->Finish();
  Open();
  StepAll();
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
  EXPECT_EQ(Requests(data_dir()), next_);
}

// The process dies before, between and after the parts of a copy; then the store is found damaged.
TEST_F(LostStoreTest, P10_WhateverMomentTheProcessDiesAt) {
  std::vector<Totals> expected;
  look_ = [&] {
    const std::string to = dir_ / ("cut" + std::to_string(expected.size()));
    fs::copy(data_dir(), to, fs::copy_options::recursive);
    expected.push_back(spent_);
  };
  std::mt19937 random(20261127);
  Open();
  while (expected.size() < 60) {
    for (auto rounds = random() % 4; rounds > 0; --rounds) {
      Append(static_cast<int>(random() % 30));
      if (random() % 2 == 0) core_->Step();
    }
    core_->Step();
    if (random() % 4 == 0) Open();
  }
  core_.reset();
  look_ = [] {};
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::string cut = dir_ / ("cut" + std::to_string(i));
    WriteBytes(CopyPath(cut) + ".new", ReadBytes(CopyPath(cut)).substr(0, 50));
    Damage(cut, static_cast<int>(i));
    auto core = TryOpen(cut);
    ASSERT_TRUE(core) << core.error().message;
    StepAll(**core);
    EXPECT_EQ(TotalsOf(cut), expected[i]) << i;
    EXPECT_EQ(LostBooks(cut), "");
  }
}

TEST_F(LostStoreTest, P10_TimeAndAgain) {
  Open();
  for (int round = 0; round < 12; ++round) {
    Append(40);
    if (round % 2 == 0) StepAll();
    if (round % 3 == 0) core_->Finish();
    core_.reset();
    Damage(data_dir(), round);
    Open();
    Append(2);
    StepAll();
    ASSERT_EQ(TotalsOf(data_dir()), spent_) << round;
  }
}

TEST_F(LostStoreTest, P15_AStoreThatIsDeletedUnderUsTakesNoBudgetWithIt) {
  FillBeyondSegments();
  Damage(data_dir(), 2);
  Append(7);
  StepAll();
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
  EXPECT_EQ(LostBooks(data_dir()), "");
}

// Not at the next row, but when what is kept beside the rows is looked at.
TEST_F(LostStoreTest, P15_ADeletedStoreIsMissedBetweenRowsToo) {
  FillBeyondSegments();
  StepAll();
  Damage(data_dir(), 2);
  clock_.Advance(std::chrono::hours(2));
  core_->Step();
  Append(7);
  StepAll();
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
}

TEST_F(LostStoreTest, AReservationThatTheJournalHasForgottenIsStillOpen) {
  Open();
  Record reserve = Row(0);
  reserve.kind = kReserve;
  reserve.attempts.clear();
  Append(reserve);
  FillBeyondSegments();
  core_.reset();
  Damage(data_dir());
  Open();
  StepAll();
  const auto reserved = ReadReserved(data_dir());
  ASSERT_TRUE(reserved);
  ASSERT_EQ(reserved->size(), 1U);
  EXPECT_EQ(reserved->front(), reserve);
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
}

// As an older weir has left them.
TEST_F(LostStoreTest, AStoreWithoutACopyGetsOneWithItsNextRows) {
  FillBeyondSegments();
  core_->Finish();
  fs::remove(CopyPath(data_dir()));
  Open();
  Append(1);
  StepAll();
  EXPECT_TRUE(fs::exists(CopyPath(data_dir())));
  core_.reset();
  Damage(data_dir());
  Open();
  StepAll();
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
}

TEST_F(LostStoreTest, P10_WhatNobodyCanKnowIsNotedUntilAPersonAcceptsIt) {
  FillBeyondSegments();
  core_.reset();
  const std::string copy = ReadBytes(CopyPath(data_dir()));
  for (const std::string& left : {std::string(), copy.substr(0, copy.size() - 3)}) {
    fs::remove(LostBooksPath(data_dir()));
    fs::remove(CopyPath(data_dir()));
    if (!left.empty()) WriteBytes(CopyPath(data_dir()), left);
    Damage(data_dir());
    Open();
    Append(1);
    StepAll();
    EXPECT_THAT(core_->health().degraded, HasSubstr("books: what was spent before 20"));
    Open();
    EXPECT_THAT(LostBooks(data_dir()), HasSubstr("is not known: "));
    fs::remove(LostBooksPath(data_dir()));
    EXPECT_EQ(core_->health().degraded, "");
    core_.reset();
  }
}

TEST_F(LostStoreTest, P10_ACopyThatIsOlderThanTheJournalIsNotEnough) {
  FillBeyondSegments();
  const std::string early = ReadBytes(CopyPath(data_dir()));
  for (int i = 0; i < 10; ++i) {
    Append(25);
    StepAll();
  }
  core_.reset();
  WriteBytes(CopyPath(data_dir()), early);
  Damage(data_dir());
  Open();
  EXPECT_THAT(LostBooks(data_dir()), HasSubstr("older than the journal"));
}

// Store, copy and journal are gone: that is a new ledger, also for the starts that follow.
TEST_F(LostStoreTest, P15_ADeletedDirectoryIsANewLedger) {
  FillBeyondSegments();
  fs::remove_all(data_dir());
  core_->Step();
  spent_.clear();
  Append(10);
  StepAll();
  EXPECT_EQ(LostBooks(data_dir()), "");
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
  core_.reset();
  Damage(data_dir());
  Open();
  StepAll();
  EXPECT_EQ(LostBooks(data_dir()), "");
  EXPECT_EQ(TotalsOf(data_dir()), spent_);
}

TEST_F(LostStoreTest, ACopyIsWholeOrItIsNone) {
  EXPECT_EQ(*CheckCopy(dir_.path()), std::nullopt);
  FillBeyondSegments();
  core_.reset();
  const std::string bytes = ReadBytes(CopyPath(data_dir()));
  ASSERT_TRUE(CheckCopy(data_dir()));
  for (size_t i = 0; i < bytes.size(); ++i) {
    WriteBytes(CopyPath(data_dir()), bytes.substr(0, i));
    ASSERT_FALSE(CheckCopy(data_dir())) << i;
    std::string flipped = bytes;
    flipped[i] ^= 4;
    WriteBytes(CopyPath(data_dir()), flipped);
    ASSERT_FALSE(CheckCopy(data_dir())) << i;
  }
  WriteBytes(CopyPath(data_dir()), bytes + "x");
  EXPECT_FALSE(CheckCopy(data_dir()));
}

// A copy that cannot be made keeps the journal's segments, and says so.
TEST_F(LostStoreTest, WithoutACopyTheJournalForgetsNothing) {
  Open();
  fs::create_directory(CopyPath(data_dir()));
  for (int i = 0; i < 20; ++i) {
    Append(25);
    StepAll();
  }
  EXPECT_EQ(ListSegments(data_dir())->front(), 1U);
  EXPECT_THAT(core_->health().degraded, HasSubstr("books: replacing"));
  fs::remove(CopyPath(data_dir()));
  Append(25);
  StepAll();
  EXPECT_GT(ListSegments(data_dir())->front(), 1U);
  EXPECT_EQ(core_->health().degraded, "");
}

}  // namespace
}  // namespace weir::ledger
