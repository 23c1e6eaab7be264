// What a judge answered, in one order and in both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quality/judge.h"
#include "quality/verdict.h"

namespace weir::quality {

enum class Better : uint8_t { kA, kB, kTie };

struct Judgement {
  Better better = Better::kTie;
  std::string why;  // bounded
};

// Lenient: the object may stand in a fence or in other text. nullopt: no object names a side, or
// two objects name different ones. Any bytes, of which the first 16 KiB are read.
std::optional<Judgement> ReadJudgement(std::string_view answer);

// Both orders agree: that. They do not: a tie, since the order decided. One is missing: no verdict.
std::optional<Verdict> Combine(const std::optional<Judgement>& routed_first,
                               const std::optional<Judgement>& baseline_first);

// How often the judge errs, from how often its two orders disagree. A judge that is right with
// 1 - q in each order disagrees with itself in 2q(1 - q) of the pairs; then the expectation of what
// Combine() makes of a true win is 1 - 2q wins. Ties of the judge's own count as agreement only
// with ties, so the rate errs to the high side, which is the careful one.
class JudgeNoise {
 public:
  void Add(const Judgement& routed_first, const Judgement& baseline_first);
  // The q, at least `assumed` (nobody knows the errors that both orders make alike) and at most
  // 0.35; `assumed` before 30 pairs.
  double ErrorRate(double assumed) const;
  int64_t pairs() const { return pairs_; }
  int64_t disagreements() const { return disagreements_; }

 private:
  int64_t pairs_ = 0;
  int64_t disagreements_ = 0;
};

}  // namespace weir::quality
