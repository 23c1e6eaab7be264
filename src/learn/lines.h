// Files of JSON lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/object.h"

namespace weir::learn {

// Calls `read` with each line that is not blank, until it refuses one. kIo when the file cannot be
// read, else what `read` says as "FILE:LINE: …"; kBodyTooLarge for a line of more than 32 MiB.
Result<void> ForEachLine(const std::string& path,
                         const std::function<Result<void>(std::string_view line)>& read);

// The line's "id": a string's text, else the raw JSON; "null" when there is none.
Result<std::string> IdOf(const json::Object& line);

}  // namespace weir::learn
