// What /metrics and /api/health show: the gateway's and the ledger's figures in the admin plane's
// shapes.
#pragma once

#include <string>
#include <vector>

#include "admin/admin_api.h"
#include "gateway/server.h"
#include "ledger/ledger.h"

namespace weir::app {

std::vector<admin::MetricFamily> CollectMetrics(const gateway::Server& server,
                                                const ledger::Ledger& ledger);
std::string HealthJson(const gateway::Server& server, const ledger::Ledger& ledger);

}  // namespace weir::app
