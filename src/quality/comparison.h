// Verdicts that need no judge: answers that say the same.
#pragma once

#include <optional>
#include <string_view>

#include "quality/verdict.h"

namespace weir::quality {

// Longer answers are compared byte by byte only.
inline constexpr size_t kMaxCompared = 64 << 10;

// A tie when both are
// - the same text, blanks, case and trailing punctuation aside (kExact);
// - one JSON object or array, in a fence or not, of equal value: the order of members and the
//   spelling of numbers and strings do not matter (kJson);
// - the same number with the same unit, which one answer is and the other is or ends in
//   (kNumber). Of two answers that both say more, the judge decides.
// nullopt: they differ, which of them is better is the judge's to say. Linear in the bytes but for
// sorting members; any bytes.
std::optional<Verdict> Compare(std::string_view routed, std::string_view baseline);

}  // namespace weir::quality
