// The charts of the HTML report; each is a whole <figure>, or empty where there is nothing to show.
#pragma once

#include <string>

#include "ledger/report.h"

namespace weir::ledger::html {

std::string SpendChart(const Report& report);
std::string SavingChart(const Report& report);
std::string TierChart(const Report& report);
// A panel a measured tier, the most measured ones.
std::string QualityCharts(const Report& report);
std::string LatencyChart(const Report& report);
// Of keys, of teams, of the groups asked for.
std::string CostCharts(const Report& report);

}  // namespace weir::ledger::html
