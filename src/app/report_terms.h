// What a report needs beside the ledger: the floors that the config promises, and intervals.
#pragma once

#include <memory>

#include "ledger/report.h"
#include "route/router.h"

namespace weir::app {

// The net loss as the quality monitor tells it: corrected for the judge's errors, with an interval
// that holds however often it is looked at.
ledger::ReportTerms::Loss LossOf(const ledger::LossSums& sums);

ledger::ReportTerms ReportTermsOf(std::shared_ptr<const route::Router> router);

}  // namespace weir::app
