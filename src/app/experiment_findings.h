// What an experiment's figures say, and how sure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/unit_statistics.h"
#include "ledger/experiment.h"

namespace weir::app {

// Of as good or better: closer than that is no difference.
inline constexpr double kGoodMargin = 0.02;

struct ArmFindings {
  const ledger::ArmFigures* figures = nullptr;
  PerAnswer cost;
  std::optional<GoodShare> good;  // nullopt: nothing says so
  RatingMean rating;              // its bounds hold by themselves with 95 %
  double checking = 0;            // nano-dollars an answer
};

// An arm beside the control.
struct Comparison {
  bool too_few = false;     // units in one of them: nothing is sure
  int quality = 0;          // 1: surely better, -1: surely worse by more than kGoodMargin
  bool as_good = false;     // surely not worse by more than that
  bool few_judged = false;  // units with verdicts: nothing is sure of the answers
  int cost = 0;             // 1: surely cheaper, -1: surely dearer
  bool fails_more = false;
  quality::Interval ratio{0, 0};  // of its cost an answer to the control's; high may be infinite
  // USD a month at the answers seen and the control's cost, after the checking's difference.
  double saves = 0, saves_low = 0, saves_high = 0;
  double checking = 0;  // USD a month
  bool stop() const { return !fails_more && (quality != 0 || (as_good && cost != 0)); }
};

struct ExperimentFindings {
  std::vector<ArmFindings> arms;
  size_t control = 0;                   // the arm of that name, else the first
  std::vector<Comparison> comparisons;  // of each arm; the control's says nothing
  size_t units = 0;                     // of all arms
};

// What is sure holds at all times together with 95 %, from the experiment's first request on.
// `figures` has an arm at least and outlives the result.
ExperimentFindings FindingsOf(const ledger::ExperimentFigures& figures);

}  // namespace weir::app
