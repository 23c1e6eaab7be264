// Where a setting stands in its file, so that every later check can say file:line:col.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::config {

struct Mark {
  int line = 0;  // 1-based; 0: not from a file (default, starter)
  int column = 0;
};

// A name that was read from the file and is resolved later.
struct Name {
  std::string text;
  Mark mark;
};

// kConfig error: "weir.yaml:12:5: MESSAGE"; without a line when mark.line is 0.
Error ErrorAt(std::string_view file, Mark mark, std::string_view message);
// ErrorAt for a name that is none of `built`: "WHAT `NAME` is unknown" with the nearest, or "is not
// built yet" when it is `planned`; then what is built.
Error NotBuiltAt(std::string_view file, std::string_view what, const Name& name,
                 std::span<const std::string_view> built,
                 std::span<const std::string_view> planned);

}  // namespace weir::config
