// The program's version; CHANGELOG.md says what is in it.
#pragma once

#include <string_view>

namespace weir::app {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace weir::app
