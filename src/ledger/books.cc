#include "ledger/books.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "ledger/columns.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

bool IsPaid(const RowView& row) {
  return !row.key.empty() && (row.kind.empty() || row.kind == kLost);
}

bool IsReservation(const RowView& row) {
  return row.kind == kReserve;
}

// nullopt: there is none.
Result<std::optional<Database>> OpenStore(const std::string& data_dir) {
  const std::string path = StorePath(data_dir);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::optional<Database>();
  WEIR_TRY(Database database, Database::Open(path, Database::Mode::kReadOnly));
  WEIR_CHECK_OK(CheckSchema(&database));
  return std::optional(std::move(database));
}

}  // namespace

Result<void> CreateBooks(Database* database) {
  std::string columns;
  for (const Column& column : ColumnsOf<Record>()) {
    columns += fmt::format(", {} {}", column.name, column.type);
  }
  return database->Execute(fmt::format(
      "CREATE TABLE IF NOT EXISTS spend (account TEXT NOT NULL, day INTEGER NOT NULL, "
      "cost INTEGER NOT NULL, strong INTEGER NOT NULL, PRIMARY KEY (account, day)) WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS reservations (seq INTEGER{}, attempts BLOB NOT NULL, "
      "PRIMARY KEY (id));",
      columns));
}

bool IsBooked(const RowView& row) {
  return row.kind == kSample || IsPaid(row);
}

Result<Bookkeeper> Bookkeeper::Prepare(Database* database) {
  WEIR_TRY(auto spend,
           database->Prepare("INSERT INTO spend VALUES (?, ?, ?, ?) ON CONFLICT (account, day) DO "
                             "UPDATE SET cost = cost + excluded.cost, "
                             "strong = strong + excluded.strong"));
  WEIR_TRY(auto settle, database->Prepare("DELETE FROM reservations WHERE id = ?"));
  return Bookkeeper(std::move(spend), std::move(settle));
}

Result<void> Bookkeeper::Spend(const std::string& account, const RowView& row) {
  spend_.Bind(1, std::string_view(account));
  spend_.Bind(2, DayOf(row.time));
  spend_.Bind(3, row.cost);
  spend_.Bind(4, row.strong_cost);
  return spend_.Run();
}

Result<void> Bookkeeper::Book(const RowView& row) {
  if (row.kind == kSample) {
    WEIR_CHECK_OK(Spend(fmt::format("quality:{}", row.route), row));
    return Settle(row);
  }
  WEIR_CHECK_OK(Spend(fmt::format("key:{}", row.key), row));
  if (!row.team.empty()) WEIR_CHECK_OK(Spend(fmt::format("team:{}", row.team), row));
  if (!row.user.empty()) {
    WEIR_CHECK_OK(Spend(fmt::format("user:{}\x1f{}", row.key, row.user), row));
  }
  return Settle(row);
}

Result<void> Bookkeeper::Settle(const RowView& row) {
  settle_.Bind(1, row.id);
  return settle_.Run();
}

Result<ReservationWriter> ReservationWriter::Prepare(Database* database) {
  WEIR_TRY(auto insert, database->Prepare(InsertRowSql("OR REPLACE INTO reservations")));
  WEIR_TRY(auto known,
           database->Prepare("SELECT 1 FROM decisions WHERE seq BETWEEN ? AND ? AND id = ?"));
  return ReservationWriter(std::move(insert), std::move(known));
}

Result<void> ReservationWriter::Write(std::span<const RowView> rows) {
  if (std::ranges::none_of(rows, IsReservation)) return {};
  std::set<RequestId> settled;
  for (const RowView& row : rows) {
    if (!IsReservation(row)) settled.insert(row.id);
  }
  for (const RowView& row : rows) {
    if (!IsReservation(row) || settled.contains(row.id)) continue;
    const int64_t seq = SeqOf(row.id);
    known_.Bind(1, seq);
    known_.Bind(2, seq + kMaxSteps);
    known_.Bind(3, row.id);
    WEIR_TRY(const bool stored, known_.Step());
    known_.Reset();
    if (stored) continue;
    BindDecision(seq, row, 1, &insert_);
    WEIR_CHECK_OK(insert_.Run());
  }
  return {};
}

Result<SpentWriter> SpentWriter::Prepare(Database* database) {
  WEIR_TRY(auto insert, database->Prepare("INSERT INTO spend VALUES (?, ?, ?, ?)"));
  return SpentWriter(std::move(insert));
}

Result<void> SpentWriter::Write(std::string_view account, std::span<const SpentDay> days) {
  for (const SpentDay& day : days) {
    insert_.Bind(1, account);
    insert_.Bind(2, day.day);
    insert_.Bind(3, day.cost);
    insert_.Bind(4, day.strong);
    WEIR_CHECK_OK(insert_.Run());
  }
  return {};
}

Result<std::vector<Record>> ReadReserved(const std::string& data_dir) {
  std::vector<Record> reserved;
  WEIR_TRY(std::optional<Database> database, OpenStore(data_dir));
  if (!database) return reserved;
  WEIR_TRY(Statement rows, database->Prepare(SelectRowsSql("reservations")));
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) return reserved;
    WEIR_TRY(Record record, ReadDecision(rows));
    reserved.push_back(std::move(record));
  }
}

Result<void> ReadSpent(const std::string& data_dir, const TakeSpent& take) {
  WEIR_TRY(std::optional<Database> database, OpenStore(data_dir));
  if (!database) return {};
  WEIR_TRY(Statement rows, database->Prepare("SELECT account, day, cost, strong FROM spend "
                                             "ORDER BY account, day"));
  std::string account;
  std::vector<SpentDay> days;
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!days.empty() && (!row || rows.TextAt(0) != account)) {
      WEIR_CHECK_OK(take(account, days));
      days.clear();
    }
    if (!row) return {};
    if (days.empty()) account = rows.TextAt(0);
    days.push_back({rows.Int(1), NanoUsd{rows.Int(2)}, NanoUsd{rows.Int(3)}});
  }
}

Record LostRow(const Record& reserved) {
  Record row = reserved;
  // A sample's is one: its client has been served, and has a row.
  row.kind = reserved.parent.empty() ? kLost : kSample;
  row.outcome = "unknown";
  row.priced = true;
  Attempt attempt;
  attempt.model = reserved.model;
  const std::string_view model = reserved.model;
  attempt.provider = model.substr(0, model.find('/'));
  attempt.outcome = "unknown";
  attempt.role = "unknown";
  attempt.tokens.estimated = true;
  attempt.priced = true;
  attempt.cost = reserved.cost;
  row.tokens.estimated = true;
  row.attempts.push_back(std::move(attempt));
  return row;
}

}  // namespace weir::ledger
