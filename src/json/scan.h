// One validating pass over a JSON text with simdjson On Demand: every string, number and literal is
// checked, nesting is bounded, and the caller sees each member of the top-level object with the bytes
// it came from, so that a later patch can change a value in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace weir::json {

// simdjson reads up to this many bytes past the end: every buffer that is parsed needs them allocated.
inline constexpr size_t kPadding = 64;
inline constexpr int kMaxDepth = 256;

// A half-open byte range of the parsed text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
  bool empty() const { return begin == end; }
  size_t size() const { return end - begin; }
  std::string_view of(std::string_view text) const { return text.substr(begin, size()); }
};

}  // namespace weir::json
