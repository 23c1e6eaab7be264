// Training of the models' chances on top of the difficulty and the task type.
#pragma once

#include <vector>

#include "learn/training_row.h"
#include "route/learned/weights.h"

namespace weir::learn {

using route::learned::SuccessCurve;

// One logistic success curve for every model that `rows` have scores of. `evaluations` are the
// rows', of their difficulty and task type.
std::vector<SuccessCurve> TrainCurves(std::span<const TrainingRow> rows,
                                      std::span<const route::learned::Evaluation> evaluations);

}  // namespace weir::learn
