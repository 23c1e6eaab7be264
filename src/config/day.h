// A day of the calendar as it is written in config and catalog files.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace weir::config {

// "2026-11-23"; nullopt: no day of the calendar, or written otherwise.
std::optional<std::chrono::sys_days> ParseDay(std::string_view text);

}  // namespace weir::config
