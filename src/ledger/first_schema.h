// The store's schema 1, which had a row an attempt and an index an order: its rows are carried over
// into the present tables, in the transaction that creates them.
#pragma once

#include "base/result.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// Columns that came after schema 2, into the present table.
Result<void> AddMissingColumns(Database* database);

// False: there is none. Else its tables have other names from now on.
Result<bool> MoveFirstSchemaAside(Database* database);
// Into the present tables; the old ones are dropped.
Result<void> TakeRowsOfFirstSchema(Database* database);

}  // namespace weir::ledger
