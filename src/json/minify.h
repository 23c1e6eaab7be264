// A JSON value without the white space that says nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::json {

// Copies `value`, which must be sound JSON, to `out` without white space outside its strings;
// everything else stays as it is written. Returns the bytes kept. SIMD, chosen at run time, that
// stores whole registers: `out` has room for value.size() + kPadding bytes.
size_t Minify(std::string_view value, char* out);

}  // namespace weir::json
