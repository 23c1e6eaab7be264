// Rows of the ledger one by one, in pages, for those who need more than a page of them.
#pragma once

#include <functional>

#include "base/result.h"
#include "ledger/report.h"

namespace weir::ledger {

// Newest first, those of `filter`; its limit and cursor are set here. `take`: false ends it, and so
// does an error.
Result<void> EachRow(Reader& reader, DecisionFilter filter,
                     const std::function<Result<bool>(const Record& row)>& take);

}  // namespace weir::ledger
