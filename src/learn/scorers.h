// Scores for labelled prompts: of a classifier, and of the yardsticks it is held against.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/examples.h"
#include "route/classifier.h"

namespace weir::learn {

// Yardsticks that are no classifiers. "length": code points of the last user message; "random": by
// the id, the same in every run; "oracle": what the labels say.
inline constexpr std::string_view kYardsticks[] = {"length", "random", "oracle"};

// A score an example, in their order. Errors name the example's id.
Result<std::vector<double>> ScoresOf(const route::Classifier& classifier,
                                     std::span<const Example> examples);
Result<std::vector<double>> ScoresOf(std::string_view yardstick, std::span<const Example> examples);

// From lines {"id", "score"}, such as `weir score` writes. kBadRequest as "FILE:LINE: …", also for
// an example without a line.
Result<std::vector<double>> ScoresFrom(const std::string& path, std::span<const Example> examples);

}  // namespace weir::learn
