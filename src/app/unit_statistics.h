// What can be told of an experiment's arms from the units that were assigned to them: users or
// sessions. The requests of one unit are alike, so that intervals count units, never requests.
//
// A figure is a ratio of totals (dollars an answer, share of answers), its variance the jackknife's
// over units: what the ratio changes when one of them is left out. A unit with much of the traffic
// shows in both: its leaving changes much, and the units weigh like fewer (Kish: squared sum by sum
// of squares).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "ledger/experiment.h"
#include "quality/share_interval.h"

namespace weir::app {

using Units = std::vector<ledger::UnitFigures>;

inline constexpr int64_t kFewestUnits = 20;  // an arm, before anything is sure of it

struct PerAnswer {
  double mean = 0;      // nano-dollars
  double variance = 0;  // of the mean
  double weight = 0;    // as many equal units
  int64_t units = 0;    // with answers
};
PerAnswer CostOf(const Units& units);

// How many times the control's cost the arm's is; unbounded where that cannot be told, such as
// below kFewestUnits. It holds at all times together: the scale-invariant mixture of t-statistics
// (Lai 1976, "On confidence sequences"; Wang, Ramdas 2023, "Anytime-valid t-tests and confidence
// sequences for Gaussian means with unknown variance") of the logarithm, whose error is near normal
// where that of skewed costs is not. Exact for normal values; of heavy tails the test tells.
quality::Interval CostRatio(const PerAnswer& arm, const PerAnswer& control, double alpha);

struct GoodShare {
  double share = 1;
  quality::Interval bounds;
  int64_t judged_units = 0;    // with verdicts
  bool by_definition = false;  // the baseline gave all the answers
};
// Of all answers: those of the baseline are as good as it, each verdict stands for those it was
// drawn from. nullopt: there are others and no verdicts. The bounds are those of as many equal
// verdicts as the variance is worth, to which a unit is added that lost all, less of it the more
// units have lost something: where none has, what is seen is worth one verdict a unit.
std::optional<GoodShare> GoodShareOf(const Units& units, double alpha);

// A mean of ratings, -1 to 1. Each unit is one value in that range, weighed by its ratings.
struct RatingMean {
  int64_t ratings = 0;
  double mean = 0;
  quality::Interval bounds;
};
RatingMean RatingOf(const Units& units, double alpha);

}  // namespace weir::app
