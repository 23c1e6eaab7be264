// The header lines that go with an error's body.
#pragma once

#include <string>

#include "base/error.h"

namespace weir::http {

// allow and retry-after (whole seconds, rounded up), as ready lines; empty for most errors.
std::string ErrorHeaders(const Error& error);

}  // namespace weir::http
