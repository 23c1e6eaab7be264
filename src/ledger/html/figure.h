// What the charts have in common: a figure with its legend, names of days, shares.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/html/plot.h"
#include "ledger/report_line.h"

namespace weir::ledger::html {

inline constexpr int64_t kWhole = 1'000'000;  // of shares
inline constexpr std::array<std::string_view, kSeriesTiers> kTierStyles = {"t0", "t1", "t2", "t3",
                                                                           "t4", "t5", "t6", "t7"};

struct Key {
  std::string_view style;
  std::string words;  // plain text
};

std::string Legend(const std::vector<Key>& keys);
// `title` and `note` are plain text, `content` is HTML.
std::string Figure(std::string_view title, const std::vector<Key>& keys, std::string_view content,
                   std::string_view note = "", std::string_view style = "");

// "24 Nov"; with the year where the time is long.
std::string ShortDay(WallMicros begins, bool with_year);
std::string EveryDays(int64_t days);  // "per day", "per 7 days"

int64_t Millionths(double share);
std::string PercentTick(int64_t value, int64_t step);
// One bar of all tiers' shares.
void StackShares(const std::array<int64_t, kSeriesTiers>& tiers, int64_t all, size_t column,
                 Plot* plot);

}  // namespace weir::ledger::html
