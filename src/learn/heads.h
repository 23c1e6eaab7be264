// The heads that read a prompt: gain, difficulty and subject, from n-grams and scalars.
#pragma once

#include <span>

#include "learn/training_row.h"
#include "route/learned/weights.h"

namespace weir::learn {

// Weights that evaluate prompts; without the models' curves, and without a scale of scores.
// `rows` is not empty. The same rows give the same bytes.
Weights FitHeads(std::span<const TrainingRow* const> rows, std::span<const OpenPrompt* const> open);

}  // namespace weir::learn
