// What verdicts say, as JSON.
#pragma once

#include "json/write.h"
#include "ledger/report.h"

namespace weir::ledger {

// Members of an object that is open.
void WriteVerdicts(json::Writer* writer, const QualityLine& line);
// The member "quality".
void WriteQuality(json::Writer* writer, const Report& report);

}  // namespace weir::ledger
