// What a client is told about an Error, in OpenAI's shape (CONTRACT "Errors").
#pragma once

#include <string>

#include "base/error.h"

namespace weir::json {

// {"error":{"message","type","param","code"}}; secrets scrubbed, at most 16 KiB.
std::string ErrorBody(const Error& error);

}  // namespace weir::json
