// What the arms of an experiment came to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"

namespace weir::ledger {

// Whom an arm was drawn for: a user or a session. It is drawn once and all its requests are alike,
// so that what is told of arms can only be told from units, never from their requests.
struct UnitFigures {
  int64_t answers = 0;      // requests that did not fail
  int64_t by_baseline = 0;  // of the answers, by the model that verdicts compare with
  double cost = 0;          // nano-dollars of all requests, the failed ones too
  double checking = 0;      // likewise of its shadow and judge calls
  int64_t verdicts = 0;
  double judged = 0;  // answers that the verdicts stand for: each for 1 by the share drawn
  double lost = 0;    // of them, of the verdicts that were losses
  int64_t ratings = 0;
  double rating_sum = 0;
};

struct ArmFigures {
  std::string arm;
  int64_t requests = 0, failed = 0;
  int64_t unnamed = 0;  // requests of before it was noted whose they are; together one unit
  NanoUsd cost;         // of all of them
  NanoUsd checking;     // shadow and judge calls
  int64_t first_token_p50 = -1, total_p50 = -1;  // microseconds, of answers; -1: none
  int64_t wins = 0, ties = 0, losses = 0;
  std::vector<UnitFigures> units;  // in the order in which they came
};

struct ExperimentFigures {
  std::string name;
  WallMicros first = 0, last = 0;  // of its requests
  // What verdicts compare with; while there are none: the requests' baselines. By name.
  std::vector<std::string> baselines;
  std::vector<ArmFigures> arms;  // by name
};

struct ExperimentQuery {
  std::string name;
  WallMicros since = 0, until = 0;  // [since, until)
  // Whether two names are of one model, at two providers. Empty: equal names are.
  std::function<bool(std::string_view, std::string_view)> are_twins;
};

}  // namespace weir::ledger
