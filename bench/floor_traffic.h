// Labelled prompts as traffic for bench/floor_sim.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.h"

namespace weir::bench {

inline constexpr size_t kCheaper = 2;

struct Prompt {
  double score = 0;            // the built-in classifier's need for a strong model
  std::string task;            // and what it takes it for
  double baseline_chance = 0;  // and what it thinks of the strong model
  double strong = 0;           // how well it answered, 0 to 1
  // How well the weak model did, and one between them that nobody labelled: as well as the better
  // of both for half of the prompts, by the hash of their text, and as the weak one for the others.
  std::array<double, kCheaper> cheaper = {};
};

// The rows of the file that have an outcome, by score.
Result<std::vector<Prompt>> ReadTraffic(const std::string& path);

}  // namespace weir::bench
