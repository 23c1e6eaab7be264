// Users' regular expressions: RE2 with one set of options, so that what `weir check` accepts is
// what runs. Linear time; memory bounded.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace weir::config {

inline constexpr size_t kMaxPatternBytes = 10u << 10;

// The message is RE2's own. shared_ptr: a compiled pattern is immutable and used by every thread.
Result<std::shared_ptr<const re2::RE2>> CompilePattern(std::string_view pattern);

}  // namespace weir::config
