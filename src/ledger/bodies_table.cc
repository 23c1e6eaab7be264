#include "ledger/bodies_table.h"

#include "ledger/store.h"

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

Result<BodiesFinder> BodiesFinder::Prepare(Database* database) {
  WEIR_TRY(auto select,
           database->Prepare("SELECT request, answer, other FROM bodies JOIN decisions USING (seq) "
                             "WHERE seq BETWEEN ? AND ? AND id = ?"));
  return BodiesFinder(std::move(select));
}

Result<std::optional<Bodies>> BodiesFinder::Find(const RequestId& id) {
  const int64_t first = SeqOf(id);
  select_.Bind(1, first);
  select_.Bind(2, first > INT64_MAX - kMaxSteps ? INT64_MAX : first + kMaxSteps);
  select_.Bind(3, id);
  WEIR_TRY(const bool row, select_.Step());
  if (!row) return std::optional<Bodies>();
  Bodies found{std::string(select_.TextAt(0)), std::string(select_.TextAt(1)),
               std::string(select_.TextAt(2))};
  select_.Reset();
  return std::optional(std::move(found));
}

Result<BodiesEraser> BodiesEraser::Prepare(Database* database) {
  WEIR_TRY(auto erase,
           database->Prepare("DELETE FROM bodies WHERE seq IN (SELECT seq FROM decisions "
                             "WHERE seq <= ? AND time < ? ORDER BY seq LIMIT ?)"));
  return BodiesEraser(database, std::move(erase));
}

// What is only unlinked stays readable in the file until its page is used again.
Result<bool> BodiesEraser::Erase(int64_t last_seq, int64_t before, int64_t max_rows) {
  WEIR_CHECK_OK(database_->Execute("PRAGMA secure_delete = ON"));
  erase_.Bind(1, last_seq);
  erase_.Bind(2, before);
  erase_.Bind(3, max_rows);
  const Result<void> erased = erase_.Run();
  const bool any = database_->changes() > 0;
  WEIR_CHECK_OK(database_->Execute("PRAGMA secure_delete = OFF"));
  if (!erased) return erased.error();
  return any;
}

}  // namespace weir::ledger
