// The net loss of a request and how sure it is, from sums: for those who do not learn verdict by
// verdict.
#pragma once

#include <cstdint>

#include "quality/share_interval.h"

namespace weir::quality {

// The share of verdicts that a judge is taken to flip until more is known, and at least.
inline constexpr double kAssumedJudgeError = 0.1;

// From how often the judge's two orders disagree: see JudgeNoise::ErrorRate().
double JudgeErrorOf(int64_t pairs, int64_t disagreements, double assumed);

// Of the net loss of a request, `share` of which are answered by the cheaper model; `count`
// verdicts on those, with the sum of what they lose and of its squares. The standard error, and an
// interval that may be looked at at any time (mean_interval), within [-1, 1].
double LossError(double share, double count, double square);
Interval LossBounds(double share, double count, double net, double square, double alpha);

}  // namespace weir::quality
