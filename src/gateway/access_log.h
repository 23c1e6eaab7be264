// The one line a request that `serve` prints: text on a terminal, JSON into a pipe.
#pragma once

#include "catalog/directory.h"
#include "ledger/record.h"

namespace weir::gateway {

void LogRequest(const ledger::Record& record, const catalog::Directory& directory);

}  // namespace weir::gateway
