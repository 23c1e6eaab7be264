#include "ledger/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <type_traits>
#include <vector>

namespace weir::ledger {
namespace {

struct Column {
  std::string name;
  std::string type;
};

template <class T>
std::string_view TypeOf() {
  if constexpr (std::is_same_v<T, RequestId>) return "BLOB NOT NULL UNIQUE";
  if constexpr (std::is_same_v<T, std::string>) return "TEXT NOT NULL DEFAULT ''";
  if constexpr (std::is_same_v<T, double>) return "REAL NOT NULL DEFAULT 0";
  if constexpr (std::is_same_v<T, std::optional<NanoUsd>>) return "INTEGER";
  return "INTEGER NOT NULL DEFAULT 0";
}

template <class Row>
std::vector<Column> ColumnsOf() {
  std::vector<Column> columns;
  const Row row;
  VisitFields(row, [&]<class T>(const RowField& field, const T&) {
    columns.push_back({std::string(field.name), std::string(TypeOf<T>())});
  });
  return columns;
}

std::string Names(const std::vector<Column>& columns) {
  std::string names;
  for (const Column& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  return names;
}

std::string Marks(size_t count) {
  std::string marks;
  for (size_t i = 0; i < count; ++i) marks += i == 0 ? "?" : ", ?";
  return marks;
}

std::string Definitions(const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) text += fmt::format(", {} {}", column.name, column.type);
  return text;
}

Result<void> CreateTables(Database* database) {
  WEIR_CHECK_OK(database->Execute(
      fmt::format("CREATE TABLE IF NOT EXISTS decisions (seq INTEGER PRIMARY KEY{})",
                  Definitions(ColumnsOf<Record>()))));
  WEIR_CHECK_OK(database->Execute(
      fmt::format("CREATE TABLE IF NOT EXISTS attempts (id BLOB NOT NULL, n INTEGER NOT NULL{}, "
                  "PRIMARY KEY (id, n)) WITHOUT ROWID",
                  Definitions(ColumnsOf<Attempt>()))));
  return database->Execute(
      "CREATE TABLE IF NOT EXISTS journal_position (one INTEGER PRIMARY KEY CHECK (one = 1), "
      "segment INTEGER NOT NULL, byte_offset INTEGER NOT NULL)");
}

// Time for reports and pages; a model's and the failures' own pages without a walk over all the
// others.
Result<void> CreateIndexes(Database* database) {
  return database->Execute(
      "CREATE INDEX IF NOT EXISTS decisions_time ON decisions (time, id);"
      "CREATE INDEX IF NOT EXISTS decisions_model ON decisions (model, time, id);"
      "CREATE INDEX IF NOT EXISTS decisions_failed ON decisions (time, id) WHERE outcome <> 'ok'");
}

Result<void> AddMissing(Database* database, const std::string& table,
                        const std::vector<Column>& wanted) {
  std::set<std::string, std::less<>> present;
  WEIR_TRY(Statement info, database->Prepare(fmt::format("PRAGMA table_info({})", table)));
  while (true) {
    WEIR_TRY(bool row, info.Step());
    if (!row) break;
    present.emplace(info.TextAt(1));
  }
  for (const Column& column : wanted) {
    if (present.contains(column.name)) continue;
    WEIR_CHECK_OK(database->Execute(
        fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table, column.name, column.type)));
  }
  return {};
}

Error NewerSchema(int64_t version) {
  return MakeError(Reason::kConfig,
                   fmt::format("it was written by a newer weir (schema {}, this one knows {}): run "
                               "that version, or move the file away",
                               version, kSchemaVersion));
}

Result<void> Upgrade(Database* database) {
  WEIR_CHECK_OK(CreateTables(database));
  WEIR_CHECK_OK(AddMissing(database, "decisions", ColumnsOf<Record>()));
  WEIR_CHECK_OK(AddMissing(database, "attempts", ColumnsOf<Attempt>()));
  WEIR_CHECK_OK(CreateIndexes(database));
  return database->Execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                       kApplicationId, kSchemaVersion));
}

class ColumnReader {
 public:
  explicit ColumnReader(const Statement& statement) : statement_(statement) {}

  template <class T>
  void operator()(const RowField&, T& value) {
    Read(column_++, &value);
  }

 private:
  void Read(int column, RequestId* id) const {
    std::string_view bytes = statement_.TextAt(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), id->bytes.size()), id->bytes.begin());
  }
  void Read(int column, std::string* text) const { *text = statement_.TextAt(column); }
  void Read(int column, double* value) const { *value = statement_.Double(column); }
  void Read(int column, bool* value) const { *value = statement_.Int(column) != 0; }
  void Read(int column, NanoUsd* amount) const { amount->nano = statement_.Int(column); }
  void Read(int column, std::optional<NanoUsd>* amount) const {
    if (!statement_.IsNull(column)) *amount = NanoUsd{statement_.Int(column)};
  }
  template <std::integral Int>
  void Read(int column, Int* value) const {
    *value = static_cast<Int>(statement_.Int(column));
  }

  const Statement& statement_;
  int column_ = 0;
};

template <class Row>
Row ReadRow(const Statement& statement) {
  Row row;
  VisitFields(row, ColumnReader(statement));
  return row;
}

}  // namespace

std::string StorePath(const std::string& data_dir) {
  return data_dir + "/ledger.db";
}

Result<void> PrepareSchema(Database* database) {
  WEIR_CHECK_OK(database->Execute("BEGIN IMMEDIATE"));
  auto prepared = [&]() -> Result<void> {
    WEIR_TRY(int64_t version, database->QueryInt("PRAGMA user_version"));
    WEIR_TRY(int64_t application, database->QueryInt("PRAGMA application_id"));
    WEIR_TRY(int64_t tables, database->QueryInt("SELECT count(*) FROM sqlite_schema"));
    if (tables > 0 && application != kApplicationId) {
      return MakeError(Reason::kConfig, "it is a database of another program");
    }
    if (version > kSchemaVersion) return NewerSchema(version);
    if (version == kSchemaVersion && tables > 0) return {};
    return Upgrade(database);
  }();
  auto ended = database->Execute(prepared ? "COMMIT" : "ROLLBACK");
  return prepared ? ended : prepared;
}

Result<void> CheckSchema(Database* database) {
  WEIR_TRY(int64_t version, database->QueryInt("PRAGMA user_version"));
  WEIR_TRY(int64_t application, database->QueryInt("PRAGMA application_id"));
  if (application != kApplicationId) {
    return MakeError(Reason::kIo, "it is no ledger of weir");
  }
  if (version > kSchemaVersion) return NewerSchema(version);
  if (version < kSchemaVersion) {
    return MakeError(Reason::kIo, "an older weir wrote it: start `weir serve` once to migrate it");
  }
  return {};
}

std::string InsertDecisionSql() {
  auto columns = ColumnsOf<Record>();
  return fmt::format("INSERT OR IGNORE INTO decisions ({}) VALUES ({})", Names(columns),
                     Marks(columns.size()));
}

std::string InsertAttemptSql() {
  auto columns = ColumnsOf<Attempt>();
  return fmt::format("INSERT OR IGNORE INTO attempts (id, n, {}) VALUES ({})", Names(columns),
                     Marks(columns.size() + 2));
}

std::string SelectDecisionsSql() {
  return fmt::format("SELECT {} FROM decisions", Names(ColumnsOf<Record>()));
}

std::string SelectAttemptsSql() {
  return fmt::format("SELECT {} FROM attempts", Names(ColumnsOf<Attempt>()));
}

Record ReadRecord(const Statement& statement) {
  return ReadRow<Record>(statement);
}
Attempt ReadAttempt(const Statement& statement) {
  return ReadRow<Attempt>(statement);
}

}  // namespace weir::ledger
