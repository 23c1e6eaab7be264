// Brings the accounts of a starting server up to what its ledger says.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "limits/accounts.h"

namespace weir::app {

// Waits until the sink has every row of the journal, settles the requests that died with the
// process before this one at what was reserved for them, and books what has been spent. Before
// anything is served.
Result<void> LoadBooks(const std::string& data_dir, ledger::Ledger& ledger,
                       limits::Accounts& accounts);

}  // namespace weir::app
