// The parts of the HTML report, from the top down.
#pragma once

#include <string>

#include "ledger/report.h"

namespace weir::ledger::html {

// One sentence and three figures.
std::string Headline(const Report& report);
// From what the baseline would have cost to what was paid.
std::string Bill(const Report& report);
std::string Groups(const Report& report);
std::string Quality(const Report& report);
std::string Latencies(const Report& report);
std::string Dearest(const Report& report);
// What is measured, what is estimated, and how each figure is made.
std::string Method(const Report& report);
std::string AuditOf(const Report& report);

}  // namespace weir::ledger::html
