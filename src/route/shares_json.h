// What a decision by shares was held against, as a row keeps it.
#pragma once

#include <string>

#include "catalog/directory.h"

namespace weir::route {

// Appends {"shares":{"simple":0.6,…}}: per tier what it and the cheaper ones get together.
void AppendSharesJson(const catalog::Route& route, std::string* out);

}  // namespace weir::route
