// Figures as a person reads them. Integers throughout: money never meets a double.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.h"
#include "ledger/report_line.h"

namespace weir::ledger {

std::string Grouped(int64_t number);                             // "1,234,567"
std::string Percent(int64_t part, int64_t whole);                // "12.3"; empty when whole is 0
std::string UsdRounded(NanoUsd amount, int decimals);            // "-$0.12"; decimals 0..9
std::string Latency(int64_t micros);                             // "812 ms", "1.2 s", "-" for -1
std::string Printable(std::string_view text, size_t max_bytes);  // no controls, cut with "…"

// What comparing with the baseline cost, in percent of what would be saved without it; empty where
// either is nothing.
std::string CheckingShare(const ReportLine& total);
// One precision for all sums of a report, so that they compare: cents for real money, more for
// cents.
int DecimalsFor(const ReportLine& total);
std::string ShareText(double share);           // "98.4"; percent, one decimal, rounded down
std::string LossText(double loss);             // "-1.2"; percent, one decimal, rounded
std::string_view StateName(FloorState state);  // "holds", "open", "broken" or empty

}  // namespace weir::ledger
