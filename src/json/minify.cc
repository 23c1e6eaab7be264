#include "json/minify.h"

#include <simdjson.h>

namespace weir::json {

size_t Minify(std::string_view value, char* out) {
  size_t kept = 0;
  const simdjson::error_code code = simdjson::minify(value.data(), value.size(), out, kept);
  if (code == simdjson::SUCCESS) return kept;
  return value.copy(out, value.size());  // an unclosed string, which sound JSON has not
}

}  // namespace weir::json
