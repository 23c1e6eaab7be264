// What a floor allows to be lost, parted among several cheaper models so that the most is saved.
#pragma once

#include <span>
#include <vector>

#include "quality/loss_curve.h"
#include "quality/loss_grid.h"

namespace weir::quality {

// One of the models.
struct Sharer {
  double saving = 0;   // a request, beside the baseline, in any unit
  double allowed = 0;  // the whole of what may be lost, a request, as this one's evidence says it
  LossRow row{};       // of all requests, whoever answers them; without what is held
  LossCurve curve;     // its net loss
  double traffic = 0;  // all requests that the evidence stands for
};

// Each model's part of what may be lost, more than 0, together 1. Of at least one model.
//
// A plan of who answers what: requests stand in a row from the easiest to the hardest, by each
// model's own scores, the models behind one another, cheapest first, the baseline last. Of such
// plans the one that saves the most and loses no more than is allowed (Lagrange's multiplier by
// bisection, each plan by dynamic programming); a model's part is what it loses there, and an equal
// share of what is left.
// The plan only divides. That a model loses no more than its part is its controller's concern, by
// verdicts on what it really answers, so that a wrong plan costs saving and no quality.
std::vector<double> BestParts(std::span<const Sharer> sharers);

// Towards `wanted` in small steps, so that crests can follow. Both together 1.
void MoveParts(std::span<const double> wanted, std::vector<double>* parts);

}  // namespace weir::quality
