// Pages over the ledger: decisions and the report.
#pragma once

#include "admin/pages.h"

namespace weir::admin {

Result<Answer> ListDecisions(const Ask& ask);  // newest first, by filters and a cursor
Result<Answer> ShowDecision(const Ask& ask);   // by the id at the path's end
Result<Answer> ShowReport(const Ask& ask);

}  // namespace weir::admin
