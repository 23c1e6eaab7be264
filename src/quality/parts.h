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
// plans one that saves much and loses no more than is allowed: the best for a price of a loss
// (dynamic programming), at the lowest price that keeps to the allowance (Lagrange's multiplier by
// bisection; plans between two prices are not found). A model's part is what it loses there, and of
// what is left what it would lose more in the plan at the next lower price. The plan only divides:
// crests are held by verdicts on what a model really answers.
std::vector<double> BestParts(std::span<const Sharer> sharers);

// Towards `wanted` in small steps, so that crests can follow. Both together 1.
void MoveParts(std::span<const double> wanted, std::vector<double>* parts);

}  // namespace weir::quality
