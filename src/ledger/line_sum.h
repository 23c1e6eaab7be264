// Adds rows up into a report's line: checked integers.
#pragma once

#include "ledger/report_line.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

// A row's cost by what was bought for it.
struct RowCosts {
  int64_t attempts = 0;  // all of them; the row's own cost when they are right
  int64_t failed = 0;    // of the row's cost: attempts that brought no whole answer
  int64_t judge = 0;     // of the row's cost: a judge's
};
RowCosts CostsOf(const SummaryRow& row);

// Sums stay so far below the limits of 64 bits that a line's differences fit, too: about 1.1e9 USD.
inline constexpr int64_t kMaxSum = int64_t{1} << 60;
// False, with the sum as it was, when it would go beyond.
bool AddTo(NanoUsd* sum, NanoUsd amount);

// False: a sum does not fit.
bool AddRow(const SummaryRow& row, const RowCosts& costs, ReportLine* line);
// All that can be summed up: everything but the name and the latencies.
bool AddLine(const ReportLine& part, ReportLine* sum);

}  // namespace weir::ledger
