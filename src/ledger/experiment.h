// What the arms of an experiment came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/money.h"

namespace weir::ledger {

struct ArmFigures {
  std::string arm;
  int64_t requests = 0, failed = 0;
  NanoUsd cost;             // of all of them
  NanoUsd good_cost;        // of those that did not fail, which latencies are of, too
  double good_squares = 0;  // of nano-dollars, for the spread of a request's cost
  NanoUsd checking;         // shadow and judge calls
  int64_t first_token_p50 = -1, total_p50 = -1;  // microseconds; -1: none
  int64_t wins = 0, ties = 0, losses = 0;
  int64_t ratings = 0;
  double rating_sum = 0, rating_squares = 0;
};
struct ExperimentFigures {
  std::string name;
  WallMicros first = 0, last = 0;  // of its requests
  std::vector<ArmFigures> arms;    // by name
};

}  // namespace weir::ledger
