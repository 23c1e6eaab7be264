#include "ledger/first_schema.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "base/log.h"
#include "ledger/columns.h"
#include "ledger/decision_writer.h"

namespace weir::ledger {
namespace {

constexpr size_t kRowsATime = 256;

// Columns that came after the first release.
template <class Row>
Result<void> AddMissing(Database* database, std::string_view table) {
  std::set<std::string, std::less<>> present;
  WEIR_TRY(Statement info, database->Prepare(fmt::format("PRAGMA table_info({})", table)));
  while (true) {
    WEIR_TRY(bool row, info.Step());
    if (!row) break;
    present.emplace(info.TextAt(1));
  }
  for (const Column& column : ColumnsOf<Row>()) {
    if (present.contains(column.name)) continue;
    WEIR_CHECK_OK(database->Execute(
        fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table, column.name, column.type)));
  }
  return {};
}

class FirstRows {
 public:
  static Result<FirstRows> Prepare(Database* database) {
    WEIR_TRY(auto rows, database->Prepare(fmt::format("SELECT {} FROM first_decisions ORDER BY id",
                                                      ColumnNames<Record>())));
    WEIR_TRY(auto attempts,
             database->Prepare(fmt::format("SELECT {} FROM first_attempts WHERE id = ? ORDER BY n",
                                           ColumnNames<Attempt>())));
    return FirstRows(std::move(rows), std::move(attempts));
  }

  Result<std::optional<Record>> Next() {
    WEIR_TRY(bool more, rows_.Step());
    if (!more) return std::optional<Record>();
    Record record;
    VisitFields(record, ColumnReader(rows_));
    attempts_.Bind(1, record.id);
    while (true) {
      WEIR_TRY(bool row, attempts_.Step());
      if (!row) return std::optional<Record>(std::move(record));
      VisitFields(record.attempts.emplace_back(), ColumnReader(attempts_));
    }
  }

 private:
  FirstRows(Statement rows, Statement attempts)
      : rows_(std::move(rows)), attempts_(std::move(attempts)) {}

  Statement rows_, attempts_;
};

// True: there may be more.
Result<bool> TakeSome(FirstRows* rows, DecisionWriter* writer, int64_t* taken) {
  std::vector<std::string> payloads;
  while (payloads.size() < kRowsATime) {
    WEIR_TRY(auto record, rows->Next());
    if (!record) break;
    payloads.push_back(Encode(*record));
  }
  std::vector<RowView> views;
  for (const std::string& payload : payloads) {
    WEIR_TRY(RowView view, View(payload));
    views.push_back(view);
  }
  WEIR_CHECK_OK(writer->Write(views));
  *taken += static_cast<int64_t>(payloads.size());
  return payloads.size() == kRowsATime;
}

}  // namespace

Result<void> AddMissingColumns(Database* database) {
  return AddMissing<Record>(database, "decisions");
}

Result<bool> MoveFirstSchemaAside(Database* database) {
  WEIR_TRY(int64_t tables,
           database->QueryInt("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN "
                              "('decisions', 'attempts')"));
  if (tables < 2) return false;
  WEIR_CHECK_OK(
      database->Execute("DROP INDEX IF EXISTS decisions_time;"
                        "DROP INDEX IF EXISTS decisions_model;"
                        "DROP INDEX IF EXISTS decisions_failed;"
                        "ALTER TABLE decisions RENAME TO first_decisions;"
                        "ALTER TABLE attempts RENAME TO first_attempts"));
  WEIR_CHECK_OK(AddMissing<Record>(database, "first_decisions"));
  WEIR_CHECK_OK(AddMissing<Attempt>(database, "first_attempts"));
  return true;
}

Result<void> TakeRowsOfFirstSchema(Database* database) {
  int64_t taken = 0;
  {
    WEIR_TRY(FirstRows rows, FirstRows::Prepare(database));
    WEIR_TRY(DecisionWriter writer, DecisionWriter::Prepare(database));
    for (bool more = true; more;) {
      WEIR_TRY(more, TakeSome(&rows, &writer, &taken));
    }
  }
  Log(LogLevel::kInfo, "ledger: the store has a new schema", {Field("rows", taken)});
  return database->Execute("DROP TABLE first_decisions; DROP TABLE first_attempts");
}

}  // namespace weir::ledger
