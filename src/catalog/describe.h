// What `weir check` prints: the config as it was understood, in aligned tables.
#pragma once

#include <chrono>
#include <string>

#include "catalog/directory.h"

namespace weir::catalog {

// `directory` was resolved from `settings`. No secret is in the text. Ends in a line break.
// `today` ages the prices.
std::string Describe(const config::Settings& settings, const Directory& directory,
                     std::chrono::sys_days today);

}  // namespace weir::catalog
