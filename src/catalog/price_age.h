// How old the prices are that a config relies on.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/moment.h"
#include "catalog/directory.h"

namespace weir::catalog {

inline constexpr std::chrono::days kOldestPrice{90};

// A line per provider with prices that are older than that, of models that the config uses: those
// it declares, and those of its routes with their fallbacks and twins. What it prices itself has no
// date. Each line says what to do.
std::vector<std::string> OldPrices(const Directory& directory, std::chrono::sys_days today);

}  // namespace weir::catalog
