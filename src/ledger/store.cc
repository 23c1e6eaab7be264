#include "ledger/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ledger/bodies_table.h"
#include "ledger/books.h"
#include "ledger/columns.h"
#include "ledger/first_schema.h"
#include "ledger/restore_books.h"

namespace weir::ledger {
namespace {

// 42 bits of milliseconds last until 2109.
constexpr int kRandomBits = 21;
constexpr int64_t kMaxMillis = (int64_t{1} << 42) - 1;
constexpr int64_t kRandomMask = (int64_t{1} << kRandomBits) - 1;

int64_t PlaceOf(int64_t millis) {
  return std::clamp<int64_t>(millis, 0, kMaxMillis) << kRandomBits;
}

// A model's and the failures' own pages without a walk over all the others. SQLite ends every entry
// with seq.
Result<void> CreateTables(Database* database) {
  std::string definitions;
  for (const Column& column : ColumnsOf<Record>()) {
    definitions += fmt::format(", {} {}", column.name, column.type);
  }
  return database->Execute(
      fmt::format("CREATE TABLE decisions (seq INTEGER PRIMARY KEY{}, attempts BLOB NOT NULL);"
                  "CREATE INDEX decisions_model ON decisions (model);"
                  "CREATE INDEX decisions_failed ON decisions (outcome) WHERE outcome <> 'ok';"
                  "CREATE TABLE IF NOT EXISTS journal_position (one INTEGER PRIMARY KEY "
                  "CHECK (one = 1), segment INTEGER NOT NULL, byte_offset INTEGER NOT NULL)",
                  definitions));
}

Error NewerSchema(int64_t version) {
  return MakeError(Reason::kConfig,
                   fmt::format("it was written by a newer weir (schema {}, this one knows {}): run "
                               "that version, or move the file away",
                               version, kSchemaVersion));
}

// Rows that are no requests are few, and a start looks for some of them.
Result<void> CreateKindIndex(Database* database) {
  return database->Execute(
      "CREATE INDEX IF NOT EXISTS decisions_kind ON decisions (kind) WHERE kind <> ''");
}

// Since schema 2 a newer one only has more columns, tables and indices.
Result<void> Upgrade(Database* database, int64_t version) {
  WEIR_CHECK_OK(CreateBodies(database));
  if (version >= 2) {
    WEIR_CHECK_OK(AddMissingColumns(database));
    WEIR_CHECK_OK(CreateBooks(database));
  } else {
    WEIR_TRY(bool first, MoveFirstSchemaAside(database));
    WEIR_CHECK_OK(CreateTables(database));
    WEIR_CHECK_OK(CreateBooks(database));
    if (first) WEIR_CHECK_OK(TakeRowsOfFirstSchema(database));
  }
  WEIR_CHECK_OK(CreateKindIndex(database));
  return database->Execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                       kApplicationId, kSchemaVersion));
}

}  // namespace

std::string StorePath(const std::string& data_dir) {
  return data_dir + "/ledger.db";
}

Result<void> PrepareSchema(const std::string& data_dir, Database* database) {
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
    WEIR_CHECK_OK(Upgrade(database, version));
    return tables > 0 ? Result<void>() : RestoreBooks(data_dir, database);
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

int64_t SeqOf(const RequestId& id) {
  int64_t millis = 0;
  for (size_t i = 0; i < 6; ++i) millis = millis << 8 | id.bytes[i];
  int64_t random = int64_t{id.bytes[6]} << 16 | int64_t{id.bytes[7]} << 8 | id.bytes[8];
  return PlaceOf(millis) | random >> (24 - kRandomBits);
}

int64_t SeqFrom(WallMicros since) {
  return PlaceOf(since / 1000);
}

int64_t SeqTo(WallMicros until) {
  int64_t last = PlaceOf(until / 1000) | kRandomMask;
  return last > std::numeric_limits<int64_t>::max() - kMaxSteps ? last : last + kMaxSteps;
}

int DecisionColumns() {
  static const int kCount = static_cast<int>(ColumnsOf<Record>().size()) + 2;
  return kCount;
}

std::string InsertDecisionsSql(int rows) {
  return InsertRowSql("OR IGNORE INTO decisions", rows);
}

std::string InsertRowSql(std::string_view into, int rows) {
  std::string marks = "(?";
  for (int i = 1; i < DecisionColumns(); ++i) marks += ", ?";
  marks += ")";
  std::string values = marks;
  for (int i = 1; i < rows; ++i) values += ", " + marks;
  return fmt::format("INSERT {} (seq, {}, attempts) VALUES {}", into, ColumnNames<Record>(),
                     values);
}

std::string SelectDecisionsSql() {
  return SelectRowsSql("decisions");
}

std::string SelectRowsSql(std::string_view table) {
  return fmt::format("SELECT {}, attempts FROM {}", ColumnNames<Record>(), table);
}

void BindDecision(int64_t seq, const RowView& row, int index, Statement* statement) {
  statement->Bind(index++, seq);
  VisitFields(row, [&](const RowField&, const auto& value) { statement->Bind(index++, value); });
  statement->BindBlob(index, row.attempts);
}

Result<Record> ReadDecision(const Statement& statement) {
  Record record;
  ColumnReader reader(statement);
  VisitFields(record, reader);
  WEIR_TRY(record.attempts, DecodeAttempts(statement.TextAt(reader.next())));
  return record;
}

}  // namespace weir::ledger
