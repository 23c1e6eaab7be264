// Trains the weights of the learned classifier. Deterministic: the same rows in the same order give
// the same bytes.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "learn/training_row.h"

namespace weir::learn {

inline constexpr size_t kFewestRows = 200;

// `open`: prompts as people send them, without labels: scores are shares of them, and they tell
// open requests from benchmarks'; without any, the rows stand for the traffic. `progress` is told
// of each part as it is done. kBadRequest with fewer than kFewestRows rows.
Result<Weights> Train(std::span<const TrainingRow> rows, std::span<const OpenPrompt> open,
                      const std::function<void(std::string_view)>& progress);

}  // namespace weir::learn
