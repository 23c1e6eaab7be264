// Splicing bytes into a JSON text without re-serialising the rest of it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "json/scan.h"

namespace weir::json {

struct Edit {
  Span span;          // replaced bytes; empty = insertion at span.begin
  std::string bytes;  // ready JSON
};

// `text` with the edits applied; they must be ordered and must not overlap.
std::string Apply(std::string_view text, std::span<const Edit> edits);
// The same into `out` (cleared first), which keeps its capacity and kPadding bytes beyond its size.
void ApplyInto(std::string_view text, std::span<const Edit> edits, std::string* out);

}  // namespace weir::json
