#include "ledger/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "ledger/report.h"
#include "ledger/sink.h"
#include "ledger/store.h"
#include "ledger/test_rows.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;

std::vector<std::string> Aside(const TempDir& dir) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    std::string name = entry.path().filename();
    if (name.starts_with("ledger.db.corrupt-")) names.push_back(name);
  }
  return names;
}

void StoreRows(const std::string& data_dir, int count) {
  auto sink = kSqliteSink.open(data_dir);
  ASSERT_TRUE(sink) << sink.error().message;
  std::vector<Record> rows;
  for (int n = 0; n < count; ++n) rows.push_back(MakeRow(n));
  ASSERT_TRUE((*sink)->Store(rows, {1, 500}));
}

Database OpenRaw(const std::string& data_dir) {
  auto database = Database::Open(StorePath(data_dir), Database::Mode::kReadWrite);
  EXPECT_TRUE(database);
  return std::move(*database);
}

TEST(SqliteSink, FilesArePrivate) {
  TempDir dir;
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->Store({}, {1, 16}));
  for (std::string_view suffix : {"", "-wal", "-shm"}) {
    struct stat status{};
    ASSERT_EQ(stat((StorePath(dir.path()) + std::string(suffix)).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST(SqliteSinkP09, ALockedStoreRefusesForNowAndLosesNothing) {
  TempDir dir;
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->Store(std::vector{MakeRow(0)}, {1, 100}));
  Database other = OpenRaw(dir.path());
  ASSERT_TRUE(other.Execute("BEGIN EXCLUSIVE"));
  auto refused = (*sink)->Store(std::vector{MakeRow(1)}, {1, 200});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kOverloaded);
  EXPECT_EQ(refused.error().message, "database is locked");
  ASSERT_TRUE(other.Execute("COMMIT"));
  EXPECT_EQ(*(*sink)->Position(), (JournalPosition{1, 100}));
  EXPECT_TRUE((*sink)->Store(std::vector{MakeRow(1)}, {1, 200}));
}

TEST(SqliteSinkP10, GarbageIsMovedAsideAndKept) {
  TempDir dir;
  std::string garbage(10'000, 'g');
  WriteBytes(StorePath(dir.path()), garbage);
  StoreRows(dir.path(), 3);
  auto aside = Aside(dir);
  ASSERT_EQ(aside.size(), 1u);
  EXPECT_EQ(ReadBytes(dir / aside[0]), garbage);
}

TEST(SqliteSinkP10, ZeroLengthIsMovedAside) {
  TempDir dir;
  WriteBytes(StorePath(dir.path()), "");
  StoreRows(dir.path(), 3);
  EXPECT_EQ(Aside(dir).size(), 1u);
}

TEST(SqliteSinkP10, ADirectoryIsMovedAside) {
  TempDir dir;
  std::filesystem::create_directories(StorePath(dir.path()) + "/inside");
  StoreRows(dir.path(), 3);
  auto aside = Aside(dir);
  ASSERT_EQ(aside.size(), 1u);
  EXPECT_TRUE(std::filesystem::is_directory(dir / (aside[0] + "/inside")));
}

TEST(SqliteSinkP10, DamageThatShowsOnlyWhileWritingIsMovedAsideToo) {
  TempDir dir;
  StoreRows(dir.path(), 2000);
  std::string bytes = ReadBytes(StorePath(dir.path()));
  ASSERT_GT(bytes.size(), 100'000u);
  // The schema's page stays; all the others are filled with what no page begins with.
  std::fill(bytes.begin() + 4096, bytes.end(), '\x55');
  WriteBytes(StorePath(dir.path()), bytes);
  auto sink = kSqliteSink.open(dir.path());
  if (sink) {
    auto stored = (*sink)->Store(std::vector{MakeRow(1)}, {1, 600});
    EXPECT_FALSE(stored) << "this call fails, the next one has a new store";
    EXPECT_EQ(*(*sink)->Position(), JournalPosition{});
    EXPECT_TRUE((*sink)->Store(std::vector{MakeRow(1)}, {1, 600}));
  }
  EXPECT_EQ(Aside(dir).size(), 1u);
}

TEST(SqliteSinkP10, WhatCannotBeOpenedIsRefusedByName) {
  TempDir dir;
  StoreRows(dir.path(), 1);
  std::filesystem::remove(StorePath(dir.path()) + "-wal");
  std::filesystem::create_directories(StorePath(dir.path()) + "-wal/x");
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr("ledger.db"));
  EXPECT_TRUE(Aside(dir).empty()) << "a sound file is not taken away";
}

TEST(SqliteSinkP10, AReadOnlyFileIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write to read-only files";
  TempDir dir;
  StoreRows(dir.path(), 1);
  ASSERT_EQ(chmod(StorePath(dir.path()).c_str(), 0400), 0);
  EXPECT_FALSE(kSqliteSink.open(dir.path()));
  EXPECT_TRUE(Aside(dir).empty());
}

TEST(SqliteSinkP11, AnOlderSchemaIsMigratedWithItsRows) {
  TempDir dir;
  StoreRows(dir.path(), 3);
  {
    Database database = OpenRaw(dir.path());
    ASSERT_TRUE(
        database.Execute("ALTER TABLE decisions DROP COLUMN score;"
                         "ALTER TABLE attempts DROP COLUMN first_byte_us;"
                         "DROP INDEX decisions_model; PRAGMA user_version = 0"));
  }
  auto early = Reader::Open(dir.path());
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("older weir"));
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink) << sink.error().message;
  Record row = MakeRow(3);
  row.score = 0.5;
  ASSERT_TRUE((*sink)->Store(std::vector{row}, {1, 600}));
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader);
  auto page = *(*reader)->List({});
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0], row);
  EXPECT_EQ(page[3].attempts.size(), 1u);
}

TEST(SqliteSinkP11, ANewerSchemaIsRefusedWithAText) {
  TempDir dir;
  StoreRows(dir.path(), 3);
  ASSERT_TRUE(OpenRaw(dir.path()).Execute("PRAGMA user_version = 99"));
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr("newer weir (schema 99"));
  auto reader = Reader::Open(dir.path());
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().message, HasSubstr("newer weir"));
  EXPECT_TRUE(Aside(dir).empty());
}

TEST(SqliteSinkP11, AnotherProgramsDatabaseIsRefused) {
  TempDir dir;
  ASSERT_TRUE(OpenRaw(dir.path()).Execute("CREATE TABLE theirs (x)"));
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr("another program"));
  EXPECT_FALSE(Reader::Open(dir.path()));
}

TEST(SqliteSinkP15, ADeletedStoreIsBegunAnew) {
  TempDir dir;
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->Store(std::vector{MakeRow(0)}, {1, 100}));
  for (std::string_view suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(StorePath(dir.path()) + std::string(suffix));
  }
  EXPECT_FALSE((*sink)->Store(std::vector{MakeRow(1)}, {1, 200})) << "says so once";
  EXPECT_EQ(*(*sink)->Position(), JournalPosition{});
  EXPECT_TRUE((*sink)->Store(std::vector{MakeRow(1)}, {1, 200}));
}

}  // namespace
}  // namespace weir::ledger
