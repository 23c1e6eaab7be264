#include "ledger/restore_books.h"

#include <vector>

#include "base/log.h"
#include "ledger/books.h"
#include "ledger/books_copy.h"
#include "ledger/decision_writer.h"
#include "ledger/segment.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr size_t kRowsATime = 256;

// How many accounts there are.
Result<int64_t> TakeSums(const std::string& data_dir, Database* database) {
  WEIR_TRY(SpentWriter spent, SpentWriter::Prepare(database));
  WEIR_TRY(Statement reservation, database->Prepare(InsertRowSql("OR REPLACE INTO reservations")));
  int64_t accounts = 0;
  auto take_spent = [&](std::string_view account, std::span<const SpentDay> days) {
    ++accounts;
    return spent.Write(account, days);
  };
  auto take_reserved = [&](const RowView& row) {
    BindDecision(SeqOf(row.id), row, 1, &reservation);
    return reservation.Run();
  };
  WEIR_CHECK_OK(ReadCopy(data_dir, take_spent, take_reserved));
  return accounts;
}

Result<void> WriteKnown(std::vector<std::string>* payloads, DecisionWriter* writer) {
  std::vector<RowView> views;
  for (const std::string& payload : *payloads) {
    if (const auto view = View(payload)) views.push_back(*view);
  }
  WEIR_CHECK_OK(writer->Write(views, Booking::kDone));
  payloads->clear();
  return {};
}

Result<void> TakeRowsBefore(JournalPosition place, const std::string& data_dir,
                            Database* database) {
  WEIR_TRY(DecisionWriter writer, DecisionWriter::Prepare(database));
  std::vector<std::string> payloads;
  Result<void> written;
  WEIR_CHECK_OK(Replay(data_dir, {}, [&](std::string_view payload, JournalPosition next) {
    if (next > place) return false;
    payloads.emplace_back(payload);
    if (payloads.size() == kRowsATime) written = WriteKnown(&payloads, &writer);
    return written.has_value();
  }));
  WEIR_CHECK_OK(written);
  return WriteKnown(&payloads, &writer);
}

Result<void> TakeCopy(JournalPosition place, const std::string& data_dir, Database* database) {
  WEIR_TRY(const int64_t accounts, TakeSums(data_dir, database));
  WEIR_CHECK_OK(TakeRowsBefore(place, data_dir, database));
  WEIR_TRY(Statement position,
           database->Prepare("INSERT OR REPLACE INTO journal_position VALUES (1, ?, ?)"));
  position.Bind(1, place.segment);
  position.Bind(2, place.offset);
  WEIR_CHECK_OK(position.Run());
  Log(LogLevel::kWarn, "ledger: a new store; what was spent is known from the second copy",
      {Field("copy", CopyPath(data_dir)), Field("accounts", accounts)});
  return {};
}

}  // namespace

Result<void> RestoreBooks(const std::string& data_dir, Database* database) {
  WEIR_TRY(const std::vector<uint64_t> segments, ListSegments(data_dir));
  const uint64_t first = segments.empty() ? 1 : segments.front();
  const auto copy = CheckCopy(data_dir);
  if (copy && *copy && (*copy)->segment >= first) return TakeCopy(**copy, data_dir, database);
  if (first > 1) {
    return NoteLostBooks(data_dir, !copy   ? copy.error().message
                                   : *copy ? "their second copy is older than the journal"
                                           : "the store has no second copy of them");
  }
  Log(LogLevel::kInfo, "ledger: a new store, of what the journal has",
      {Field("store", StorePath(data_dir))});
  return {};
}

}  // namespace weir::ledger
