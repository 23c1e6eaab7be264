// Labelled prompts as traffic for bench/floor_sim.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace weir::bench {

struct Prompt {
  double score = 0;             // the built-in classifier's need for a strong model
  std::string task;             // and what it takes it for
  double baseline_chance = 0;   // and what it thinks of the strong model
  double weak = 0, strong = 0;  // how well they answered, 0 to 1
};

// The rows of the file that have an outcome, by score.
Result<std::vector<Prompt>> ReadTraffic(const std::string& path);

}  // namespace weir::bench
