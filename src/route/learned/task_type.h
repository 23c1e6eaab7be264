// Kinds of work that prompts ask for, coarse enough to report and to set thresholds by.
#pragma once

#include <array>
#include <string_view>

namespace weir::route::learned {

inline constexpr int kTypes = 11;
// Categories of the training data, and open requests.
inline constexpr std::array<std::string_view, kTypes> kTypeNames = {
    "mcq_knowledge", "mcq_stem", "mcq_science", "math",    "math_word", "code",
    "commonsense",   "qa",       "logic",       "writing", "open"};
// What people ask in a chat, as opposed to what benchmarks ask: learned from unlabelled prompts.
inline constexpr int kOpen = kTypes - 1;

}  // namespace weir::route::learned
