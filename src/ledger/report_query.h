// The rows of a report, one by one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/sqlite.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

class ReportQuery {
 public:
  // Rows with since <= time < until. `database` must outlive it.
  static Result<ReportQuery> Prepare(Database* database, WallMicros since, WallMicros until);

  // False: there are no more. What `row` points to is valid until the next call.
  Result<bool> Next(SummaryRow* row);

 private:
  ReportQuery(Statement rows, Statement parent)
      : rows_(std::move(rows)), parent_(std::move(parent)) {}
  Result<void> TakeParentsGroups(SummaryRow* row);

  Statement rows_, parent_;
  std::vector<AttemptView> attempts_;
};

}  // namespace weir::ledger
