#include "ledger/bodies_table.h"

namespace weir::ledger {

Result<void> CreateBodies(Database* database) {
  return database->Execute(
      "CREATE TABLE IF NOT EXISTS bodies (seq INTEGER PRIMARY KEY, "
      "request TEXT NOT NULL, answer TEXT NOT NULL, other TEXT NOT NULL)");
}

Result<BodiesWriter> BodiesWriter::Prepare(Database* database) {
  WEIR_TRY(auto insert, database->Prepare("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)"));
  return BodiesWriter(std::move(insert));
}

Result<void> BodiesWriter::Write(int64_t seq, const BodiesView& bodies) {
  insert_.Bind(1, seq);
  insert_.Bind(2, bodies.request);
  insert_.Bind(3, bodies.answer);
  insert_.Bind(4, bodies.other);
  return insert_.Run();
}

Result<std::optional<Bodies>> BodiesAt(Database* database, int64_t seq) {
  WEIR_TRY(auto select,
           database->Prepare("SELECT request, answer, other FROM bodies WHERE seq = ?"));
  select.Bind(1, seq);
  WEIR_TRY(const bool row, select.Step());
  if (!row) return std::optional<Bodies>();
  return std::optional(Bodies{std::string(select.TextAt(0)), std::string(select.TextAt(1)),
                              std::string(select.TextAt(2))});
}

Result<BodiesEraser> BodiesEraser::Prepare(Database* database) {
  WEIR_TRY(auto erase,
           database->Prepare("DELETE FROM bodies WHERE seq IN (SELECT seq FROM decisions "
                             "WHERE seq <= ? AND time < ? ORDER BY seq LIMIT ?)"));
  return BodiesEraser(database, std::move(erase));
}

// What is only unlinked stays readable in the file until its page is used again.
Result<void> BodiesEraser::Erase(int64_t last_seq, int64_t before, int64_t max_rows) {
  WEIR_CHECK_OK(database_->Execute("PRAGMA secure_delete = ON"));
  erase_.Bind(1, last_seq);
  erase_.Bind(2, before);
  erase_.Bind(3, max_rows);
  auto erased = erase_.Run();
  WEIR_CHECK_OK(database_->Execute("PRAGMA secure_delete = OFF"));
  return erased;
}

}  // namespace weir::ledger
