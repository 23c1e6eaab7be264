// Training of the small heads on top of the scalars and of the difficulty.
#pragma once

#include <vector>

#include "learn/training_row.h"
#include "route/learned/weights.h"

namespace weir::learn {

using route::learned::SuccessCurve;
using route::learned::TypeHead;

// Softmax regression of the category on the scalars; `open` are prompts of the category "open".
TypeHead TrainTypeHead(std::span<const TrainingRow> examples, std::span<const OpenPrompt> open);

// One logistic success curve for every model that `examples` has scores of.
// `model` must already evaluate difficulty and type.
std::vector<SuccessCurve> TrainCurves(std::span<const TrainingRow> examples, const Weights& model);

}  // namespace weir::learn
