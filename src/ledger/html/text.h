// Text and figures for HTML. Everything of a ledger goes through Escape(): names of models, keys
// and routes may be anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"
#include "ledger/report_line.h"

namespace weir::ledger::html {

// For text and for quoted attributes. Controls and what is no UTF-8 become U+FFFD.
std::string Escape(std::string_view text);
// Escaped, at most `max_bytes` of the text, in a direction of its own.
std::string Name(std::string_view text, size_t max_bytes = 64);
// "$1.20", "−$1.20": with the minus sign that stands out in print.
std::string Dollars(NanoUsd amount, int decimals);
// The same, red where it is negative.
std::string Signed(NanoUsd amount, int decimals);
// "12.3 %", red with a minus sign where it is negative; "–" where `whole` is nothing.
std::string SignedPercent(int64_t part, int64_t whole);
std::string PlainPercent(int64_t part, int64_t whole);
// "$1.00 to $2.00", or the one figure that both are.
std::string Range(NanoUsd low, NanoUsd high, int decimals);
// "97.1 to 98.9 %", or nothing.
std::string Interval(const QualityLine& line);
// "holds", "not shown yet", "not held"; "–" where there is nothing to tell it by.
std::string_view StateWords(FloorState state);

}  // namespace weir::ledger::html
