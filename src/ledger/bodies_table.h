// The store's table of bodies: bodies(seq INTEGER PRIMARY KEY, request, answer, other), seq as in
// decisions.
#pragma once

#include <optional>

#include "base/result.h"
#include "ledger/bodies.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// Where it is missing.
Result<void> CreateBodies(Database* database);

class BodiesWriter {
 public:
  static Result<BodiesWriter> Prepare(Database* database);
  // Of the row that was just inserted at `seq`, in the same transaction.
  Result<void> Write(int64_t seq, const BodiesView& bodies);

 private:
  explicit BodiesWriter(Statement insert) : insert_(std::move(insert)) {}
  Statement insert_;
};

class BodiesFinder {
 public:
  static Result<BodiesFinder> Prepare(Database* database);
  // nullopt: none were kept of that row.
  Result<std::optional<Bodies>> Find(const RequestId& id);

 private:
  explicit BodiesFinder(Statement select) : select_(std::move(select)) {}
  Statement select_;
};

// Deletes those of the rows that "expire": the oldest `max_rows` with seq <= and time < as told.
// Their bytes are overwritten in the file.
class BodiesEraser {
 public:
  static Result<BodiesEraser> Prepare(Database* database);
  // Whether there were any.
  Result<bool> Erase(int64_t last_seq, int64_t before, int64_t max_rows);

 private:
  BodiesEraser(Database* database, Statement erase)
      : database_(database), erase_(std::move(erase)) {}
  Database* database_;
  Statement erase_;
};

}  // namespace weir::ledger
