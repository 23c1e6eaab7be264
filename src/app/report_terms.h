// What a report needs beside the ledger: the floors that the config promises.
#pragma once

#include <memory>

#include "ledger/report.h"
#include "route/router.h"

namespace weir::app {

ledger::ReportTerms ReportTermsOf(std::shared_ptr<const route::Router> router);

}  // namespace weir::app
