// Brings the accounts of a starting server up to what its ledger says.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "limits/accounts.h"
#include "limits/key_ring.h"

namespace weir::app {

// Whether some key, team or user may only spend so much.
bool HasBudgets(const limits::KeyRing& keys);

// Waits until the sink has every row of the journal, settles the requests that died with the
// process before this one at what was reserved for them, and books what has been spent. Before
// anything is served. kIo with what to do when `budgets` depend on books that are lost.
Result<void> LoadBooks(const std::string& data_dir, bool budgets, ledger::Ledger& ledger,
                       limits::Accounts& accounts);

}  // namespace weir::app
