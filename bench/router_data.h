// Where the benchmarks find labelled prompts.
#pragma once

#include <cstdlib>
#include <string>

namespace weir::bench {

// In the folder that WEIR_TESTDATA names, else beside the checkout; need not exist.
inline std::string DevPrompts() {
  const char* root = std::getenv("WEIR_TESTDATA");
  return std::string(root != nullptr ? root : "../shared") + "/data/router/dev.jsonl";
}

}  // namespace weir::bench
