// Where a setting stands in its file, so that every later check can say file:line:col.
#pragma once

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

}  // namespace weir::config
