#include "ledger/sqlite.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"
#include "ledger/sink.h"
#include "ledger/store.h"

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

void StoreBodies(const std::string& data_dir, const std::vector<Record>& rows) {
  auto sink = kSqliteSink.open(data_dir);
  ASSERT_TRUE(sink) << sink.error().message;
  std::vector<std::string> payloads;
  for (const Record& row : rows) AppendBodies(BodiesOf(row), &payloads.emplace_back(Encode(row)));
  std::vector<RowView> views;
  for (const std::string& payload : payloads) views.push_back(*View(payload));
  ASSERT_TRUE((*sink)->Store(std::span<const RowView>(views), {1, 700}));
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
  ASSERT_TRUE((*sink)->Store(std::vector<Record>(), {1, 16}));
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
  std::fill(bytes.begin() + 8192, bytes.end(), '\x55');
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

// What `check` says as a user without root's rights, in a process of its own: the one that runs
// this, or nobody.
bool AsOrdinaryUser(const std::function<bool()>& check) {
  constexpr uid_t kNobody = 65'534;
  const pid_t child = fork();
  if (child == 0) {
    const bool ordinary = geteuid() != 0 || (setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 &&
                                             setuid(kNobody) == 0);
    _exit(ordinary && check() ? 0 : 1);
  }
  int status = 1;
  return waitpid(child, &status, 0) == child && status == 0;
}

void GiveAway(const std::string& path) {
  ASSERT_TRUE(geteuid() != 0 || chown(path.c_str(), 65'534, 65'534) == 0);
}

TEST(SqliteSinkP10, AReadOnlyFileIsRefused) {
  TempDir dir;
  StoreRows(dir.path(), 1);
  for (const std::string& path : {dir.path(), StorePath(dir.path())}) GiveAway(path);
  ASSERT_TRUE(AsOrdinaryUser([&] { return kSqliteSink.open(dir.path()).has_value(); }))
      << "it is the file's mode that counts";
  ASSERT_EQ(chmod(StorePath(dir.path()).c_str(), 0400), 0);
  EXPECT_TRUE(AsOrdinaryUser([&] {
    const auto sink = kSqliteSink.open(dir.path());
    return !sink && sink.error().message.find("ledger.db") != std::string::npos;
  }));
  EXPECT_TRUE(Aside(dir).empty());
}

TEST(SqliteSinkP10, AnotherOwnersFileIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make a file somebody else's";
  TempDir dir;
  StoreRows(dir.path(), 1);
  GiveAway(dir.path());
  EXPECT_TRUE(AsOrdinaryUser([&] {
    const auto sink = kSqliteSink.open(dir.path());
    return !sink && sink.error().message.find("ledger.db") != std::string::npos;
  }));
  EXPECT_TRUE(Aside(dir).empty());
}

// As the first release made it, but for `score` and `first_byte_us`, as if they had come later.
constexpr const char* kFirstSchema =
    "CREATE TABLE decisions (seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
    "time INTEGER NOT NULL DEFAULT 0, "
    "endpoint TEXT NOT NULL DEFAULT '', route TEXT NOT NULL DEFAULT '', tier TEXT NOT "
    "NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', requested TEXT NOT NULL DEFAULT "
    "'', model TEXT NOT NULL DEFAULT '', fallback TEXT NOT NULL DEFAULT '', cache TEXT "
    "NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL "
    "DEFAULT 0, stream INTEGER NOT NULL DEFAULT 0, prompt_tokens INTEGER NOT NULL DEFAULT "
    "0, cached_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL "
    "DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0, estimated INTEGER NOT NULL "
    "DEFAULT 0, cost INTEGER NOT NULL DEFAULT 0, priced INTEGER NOT NULL DEFAULT 0, "
    "baseline TEXT NOT NULL DEFAULT '', baseline_cost INTEGER, first_token_us INTEGER NOT "
    "NULL DEFAULT 0, total_us INTEGER NOT NULL DEFAULT 0, candidates TEXT NOT NULL "
    "DEFAULT '', rejected TEXT NOT NULL DEFAULT '', signals TEXT NOT NULL DEFAULT '', "
    "config_version INTEGER NOT NULL DEFAULT 0"
    ");"
    "CREATE TABLE attempts (id BLOB NOT NULL, n INTEGER NOT NULL, "
    "model TEXT NOT NULL DEFAULT '', provider TEXT NOT NULL DEFAULT '', outcome TEXT NOT "
    "NULL DEFAULT '', status INTEGER NOT NULL DEFAULT 0, prompt_tokens INTEGER NOT NULL "
    "DEFAULT 0, cached_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT "
    "NULL DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0, estimated INTEGER NOT "
    "NULL DEFAULT 0, priced INTEGER NOT NULL DEFAULT 0, cost INTEGER NOT NULL DEFAULT 0, "
    "started_us INTEGER NOT NULL DEFAULT 0, total_us INTEGER NOT NULL DEFAULT 0"
    ", PRIMARY KEY (id, n)) WITHOUT ROWID;"
    "CREATE TABLE journal_position (one INTEGER PRIMARY KEY CHECK (one = 1), "
    "segment INTEGER NOT NULL, byte_offset INTEGER NOT NULL);"
    "CREATE INDEX decisions_time ON decisions (time, id);"
    "CREATE INDEX decisions_model ON decisions (model, time, id);"
    "CREATE INDEX decisions_failed ON decisions (time, id) WHERE outcome <> 'ok';"
    "INSERT INTO journal_position VALUES (1, 3, 500);"
    "PRAGMA application_id = 1466263922; PRAGMA user_version = 1";

// Rows of 256 are carried over at a time.
constexpr int kFirstRows = 600;

void MakeFirstStore(const std::string& data_dir) {
  Database database = OpenRaw(data_dir);
  auto made = database.Execute(kFirstSchema);
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(database.Execute("BEGIN"));
  auto decision = database.Prepare(
      "INSERT INTO decisions (id, time, model, outcome, cost, cache, signals, first_token_us) "
      "VALUES (?, ?, ?, 'ok', ?, 'hit', '{}', -1)");
  auto attempt = database.Prepare(
      "INSERT INTO attempts (id, n, model, outcome, status) VALUES (?, ?, ?, 'ok', 200)");
  ASSERT_TRUE(decision && attempt);
  for (int n = 0; n < kFirstRows; ++n) {
    const Record row = MakeRow(n);
    decision->Bind(1, row.id);
    decision->Bind(2, row.time);
    decision->Bind(3, std::string_view(row.model));
    decision->Bind(4, row.cost);
    ASSERT_TRUE(decision->Run());
    for (int i = 0; i < 2; ++i) {
      attempt->Bind(1, row.id);
      attempt->Bind(2, i);
      attempt->Bind(3, i == 0 ? std::string_view("first/tried") : row.model);
      ASSERT_TRUE(attempt->Run());
    }
  }
  ASSERT_TRUE(database.Execute("COMMIT"));
}

TEST(SqliteSinkP11, AnOlderSchemaIsMigratedWithItsRows) {
  TempDir dir;
  MakeFirstStore(dir.path());
  auto early = Reader::Open(dir.path());
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("older weir"));
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink) << sink.error().message;
  EXPECT_EQ(*(*sink)->Position(), (JournalPosition{3, 500}));
  Record row = MakeRow(kFirstRows);
  row.score = 0.5;
  ASSERT_TRUE((*sink)->Store(std::vector{row}, {3, 600}));
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader);
  auto total = (*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total;
  EXPECT_EQ(total.requests, kFirstRows + 1);
  auto page = *(*reader)->List({.limit = 3});
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0], row);
  EXPECT_EQ(page[1].time, MakeRow(kFirstRows - 1).time);
  EXPECT_EQ(page[1].cache, "hit");
  EXPECT_EQ(page[1].first_token_us, -1);
  ASSERT_EQ(page[1].attempts.size(), 2u);
  EXPECT_EQ(page[1].attempts[0].model, "first/tried");
  EXPECT_EQ(page[1].attempts[1].model, page[1].model);
  Database raw = OpenRaw(dir.path());
  EXPECT_EQ(*raw.QueryInt("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%first%'"), 0);
}

TEST(SqliteSinkP11, AMigratedStoreStillKnowsItsIds) {
  TempDir dir;
  MakeFirstStore(dir.path());
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  auto reader = Reader::Open(dir.path());
  auto page = *(*reader)->List({.limit = 20});
  ASSERT_TRUE((*sink)->Store(page, {3, 600}));
  EXPECT_EQ((*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total.requests, kFirstRows);
}

TEST(SqliteSinkP11, ASecondSchemaGetsItsNewColumnAndKeepsItsRows) {
  TempDir dir;
  StoreRows(dir.path(), 3);
  ASSERT_TRUE(OpenRaw(dir.path())
                  .Execute("ALTER TABLE decisions DROP COLUMN policy; PRAGMA user_version = 2"));
  EXPECT_FALSE(Reader::Open(dir.path())) << "readers do not write";
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink) << sink.error().message;
  Record row = MakeRow(3);
  row.policy = R"({"floor":0.97})";
  ASSERT_TRUE((*sink)->Store(std::vector{row}, {1, 900}));
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader) << reader.error().message;
  auto page = *(*reader)->List({});
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0], row);
  EXPECT_EQ(page[1].time, MakeRow(2).time);
  EXPECT_EQ(page[1].policy, "");
}

TEST(SqliteSinkP11, AFourthSchemaGetsATableOfBodiesAndKeepsItsRows) {
  TempDir dir;
  StoreRows(dir.path(), 3);
  ASSERT_TRUE(OpenRaw(dir.path()).Execute("DROP TABLE bodies; PRAGMA user_version = 4"));
  EXPECT_FALSE(Reader::Open(dir.path()));
  StoreBodies(dir.path(), {MakeRow(3)});
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader) << reader.error().message;
  const auto page = *(*reader)->List({});
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ((*reader)->FindBodies(page[0].id)->value(), BodiesOf(page[0]));
  EXPECT_EQ(*(*reader)->FindBodies(page[1].id), std::nullopt);
}

TEST(SqliteSinkP11, AFifthSchemaLearnsWhomAnArmIsFor) {
  TempDir dir;
  StoreRows(dir.path(), 3);
  ASSERT_TRUE(OpenRaw(dir.path())
                  .Execute("ALTER TABLE decisions DROP COLUMN unit; PRAGMA user_version = 5"));
  EXPECT_FALSE(Reader::Open(dir.path()));
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink) << sink.error().message;
  Record row = MakeRow(3);
  row.unit = 77;
  ASSERT_TRUE((*sink)->Store(std::vector{row}, {1, 900}));
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader) << reader.error().message;
  const auto page = *(*reader)->List({});
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0].unit, 77);
  EXPECT_EQ(page[1].unit, 0);
}

// Not only unlinked: a page that is free keeps its bytes else.
TEST(SqliteSinkP13, WhatHasExpiredCannotBeReadFromTheFile) {
  TempDir dir;
  std::vector<Record> rows;
  for (int n = 0; n < 50; ++n) rows.push_back(MakeRow(n));
  StoreBodies(dir.path(), rows);
  const std::string last = BodiesOf(rows[49]).request, first = BodiesOf(rows[0]).request;
  EXPECT_NE(ReadBytes(StorePath(dir.path())).find(first), std::string::npos);
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->Store(std::vector{MakeRow(50)}, {1, 900})) << "its WAL is in use";
  EXPECT_EQ(*(*sink)->Expire(rows[49].time, 500), 49);
  const std::string bytes =
      ReadBytes(StorePath(dir.path())) + ReadBytes(StorePath(dir.path()) + "-wal");
  for (int n = 0; n < 49; ++n) EXPECT_EQ(bytes.find(BodiesOf(rows[n]).request), bytes.npos) << n;
  EXPECT_NE(bytes.find(last), bytes.npos);
}

// Ids of one millisecond whose next bits are alike, too.
TEST(SqliteSink, RowsThatWantTheSamePlaceAreAllStoredOnce) {
  TempDir dir;
  auto sink = kSqliteSink.open(dir.path());
  ASSERT_TRUE(sink);
  std::vector<Record> rows;
  for (uint8_t n = 0; n < 40; ++n) {
    rows.push_back(MakeRow(5));
    rows.back().id = rows.front().id;
    rows.back().id.bytes[15] = n;
  }
  ASSERT_TRUE((*sink)->Store(std::span(rows).first(25), {1, 100}));
  ASSERT_TRUE((*sink)->Store(rows, {1, 200}));
  ASSERT_TRUE((*sink)->Store(std::vector{rows[39], MakeRow(4), rows[0]}, {1, 300}));
  auto reader = Reader::Open(dir.path());
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->List({.limit = 500})->size(), 41u);
  for (const Record& row : rows) EXPECT_EQ(*(*reader)->Find(row.id), row);
  auto rest = (*reader)->List({.after = rows[0].id.ToString()});
  EXPECT_EQ(rest->size(), 1u) << "the page goes on behind the row, where it stands";
  EXPECT_EQ((*reader)->List({.until = rows[0].time})->size(), 1u);
  EXPECT_EQ((*reader)->List({.since = rows[0].time})->size(), 40u);
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
