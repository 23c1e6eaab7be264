// What `weir check` prints: the config as it was understood, in aligned tables.
#pragma once

#include <string>

#include "catalog/directory.h"

namespace weir::catalog {

// `directory` was resolved from `settings`. No secret is in the text. Ends in a line break.
std::string Describe(const config::Settings& settings, const Directory& directory);

}  // namespace weir::catalog
