// What a new store is given before its first row.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// Within the transaction that makes the tables: the books from their second copy, with them the
// place in the journal that the copy is of, and the rows that the journal still has from before it,
// which are in the copy's sums. Without a copy the journal is everything, or else the books are
// noted as lost. One line of the log says which.
Result<void> RestoreBooks(const std::string& data_dir, Database* database);

}  // namespace weir::ledger
