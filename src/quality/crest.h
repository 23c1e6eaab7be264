// From evidence to a crest: pure functions of numbers.
#pragma once

#include <cstddef>
#include <vector>

#include "quality/loss_curve.h"
#include "quality/loss_grid.h"

namespace weir::quality {

// Sampled like what lies below the crest: the scores it may reach next.
inline constexpr double kBand = 0.06;
// Of the baseline's quality, whatever the floor: what a route may seem to lose beyond what it
// allows. Chosen by bench/floor_sim.
inline constexpr double kSlack = 0.002;

struct CrestTerms {
  double lift = 0;
  bool lifted = false;  // for the hysteresis of LiftOf()
  bool held = false;
};

// How much harder than its scores say a task type is, in scores: what its verdicts lose beyond
// `pooled`, the curve of all tasks, shrunk. 0 unless that is beyond three standard errors, or half
// of that once it was; never below 0: a task that does better than its scores is worth too little
// to pay for the noise of finding out.
struct Lift {
  double lift = 0;
  bool lifted = false;
};
Lift LiftOf(const LossRow& row, const LossCurve& pooled, bool was_lifted);

// All tasks' evidence, by score; or those that are not held, by lifted score.
LossRow PooledRow(const LossGrid& grid);
LossRow LiftedRow(const LossGrid& grid, const std::vector<CrestTerms>& terms);

struct Crest {
  double crest = 0;
  double loss = 0, error = 0;  // of a request, if the crest stood there
};
// The highest at which a request is expected to lose no more than `allowed` of the baseline's
// quality, and `caution` standard errors above what is expected no more than `slack` beyond that.
// `traffic`: all requests that the evidence stands for. What cheaper models answer loses nothing
// here.
Crest HighestCrest(const LossRow& row, const LossCurve& curve, double traffic, double allowed,
                   double caution, double slack);
// The loss that is expected with the crest where it is.
LossCurve::Estimate LossAt(const LossRow& row, const LossCurve& curve, double traffic,
                           double crest);
// The share of the traffic whose lifted score is below `score`.
double TrafficBelow(const LossRow& row, double traffic, double score);

}  // namespace weir::quality
