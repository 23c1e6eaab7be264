// The attempts of a stored row, read where they stand.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/record.h"

namespace weir::ledger {

using AttemptView = BasicAttempt<std::string_view>;

// Replaces what `out` holds, and keeps its memory. What RowView::attempts holds, at most 64.
Result<void> ViewAttempts(std::string_view bytes, std::vector<AttemptView>* out);

}  // namespace weir::ledger
