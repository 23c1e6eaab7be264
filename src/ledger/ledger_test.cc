#include "ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sqlite.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr std::chrono::seconds kLong{60};

std::unique_ptr<Ledger> OpenLedger(const std::string& data_dir) {
  LedgerOptions options;
  options.data_dir = data_dir;
  options.fsync = std::chrono::milliseconds(5);
  auto ledger = Ledger::Open(options, kSqliteSink, SystemClock());
  EXPECT_TRUE(ledger) << ledger.error().message;
  return std::move(*ledger);
}

int64_t Stored(const std::string& data_dir) {
  auto reader = Reader::Open(data_dir);
  EXPECT_TRUE(reader) << reader.error().message;
  return (*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total.requests;
}

TEST(Ledger, RowsOfManyWorkersReachTheStore) {
  TempDir dir;
  auto ledger = OpenLedger(dir.path());
  std::vector<std::thread> workers;
  for (int t = 0; t < 4; ++t) {
    workers.emplace_back([&] {
      Batch batch;
      for (int n = 0; n < 250; ++n) {
        batch.Add(MakeRow(n));
        if (n % 7 == 0) {
          ledger->Append(batch);
          batch.Clear();
        }
        ledger->Append(MakeRow(n));
      }
      ledger->Append(batch);
    });
  }
  for (std::thread& worker : workers) worker.join();
  ASSERT_TRUE(ledger->Drain(kLong));
  EXPECT_EQ(Stored(dir.path()), 2000) << "read beside the running ledger";
  EXPECT_EQ(ledger->health().rows, 2000u);
  EXPECT_EQ(ledger->health().rows_dropped, 0u);
}

TEST(Ledger, AnIdleLedgerWakesUpForARow) {
  TempDir dir;
  auto ledger = OpenLedger(dir.path());
  for (int n = 0; n < 20; ++n) {
    ledger->Append(MakeRow(n));
    ASSERT_TRUE(ledger->Drain(kLong));
  }
  EXPECT_EQ(Stored(dir.path()), 20);
}

// The second row comes while the sink has just been fed and no other follows.
TEST(Ledger, RowsReachTheStoreUnasked) {
  TempDir dir;
  auto ledger = OpenLedger(dir.path());
  for (int n = 1; n <= 2; ++n) {
    ledger->Append(MakeRow(n));
    const auto deadline = std::chrono::steady_clock::now() + kLong;
    while (Stored(dir.path()) < n) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
}

TEST(Ledger, P03_ClosingStoresEverything) {
  TempDir dir;
  {
    auto ledger = OpenLedger(dir.path());
    for (int n = 0; n < 10'000; ++n) ledger->Append(MakeRow(n));
  }
  EXPECT_EQ(Stored(dir.path()), 10'000);
}

TEST(Ledger, P09_DrainTellsWhenTheStoreStaysLocked) {
  TempDir dir;
  auto ledger = OpenLedger(dir.path());
  auto other = Database::Open(StorePath(dir.path()), Database::Mode::kReadWrite);
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->Execute("BEGIN EXCLUSIVE"));
  ledger->Append(MakeRow(1));
  EXPECT_FALSE(ledger->Drain(std::chrono::milliseconds(100)));
  EXPECT_EQ(ledger->health().sink_lag_rows, 1u);
  ASSERT_TRUE(other->Execute("COMMIT"));
  EXPECT_TRUE(ledger->Drain(kLong));
  EXPECT_EQ(Stored(dir.path()), 1);
}

// P01: the child says how many rows Append() has returned for, and dies in the middle of more.
TEST(Ledger, P01_NoRowThatWasAppendedIsLostByKillMinus9) {
  for (int round = 0; round < 10; ++round) {
    TempDir dir;
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
      auto ledger = OpenLedger(dir.path());
      for (int n = 0;; ++n) {
        ledger->Append(MakeRow(n));
        if (write(told[1], "x", 1) != 1) _exit(1);
      }
    }
    close(told[1]);
    std::array<char, 64> buffer;
    ssize_t acknowledged = 0;
    while (acknowledged < 200 + 37 * round) {
      ssize_t got = read(told[0], buffer.data(), buffer.size());
      ASSERT_GT(got, 0);
      acknowledged += got;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    for (ssize_t got; (got = read(told[0], buffer.data(), buffer.size())) > 0;) acknowledged += got;
    close(told[0]);
    {
      auto ledger = OpenLedger(dir.path());
    }
    int64_t stored = Stored(dir.path());
    EXPECT_GE(stored, acknowledged);
    EXPECT_LE(stored, acknowledged + 1) << "one row may have been between Append() and telling";
  }
}

}  // namespace
}  // namespace weir::ledger
