// A verdict: the routed, cheaper answer held against the baseline's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::quality {

enum class Outcome : uint8_t { kWin, kTie, kLoss };  // of the routed answer

enum class DecidedBy : uint8_t { kExact, kJson, kNumber, kJudge };

// Stable: the ledger's `verdict` and `verdict_by`.
std::string_view OutcomeName(Outcome outcome);  // "win", "tie", "loss"
std::optional<Outcome> OutcomeByName(std::string_view name);
std::string_view DecidedByName(DecidedBy by);  // "exact", "json", "number", "judge"
std::optional<DecidedBy> DecidedByName(std::string_view name);

inline constexpr size_t kMaxWhy = 256;

struct Verdict {
  Outcome outcome = Outcome::kTie;
  DecidedBy by = DecidedBy::kJudge;
  std::string why;  // `verdict_why`; at most kMaxWhy bytes of UTF-8 without controls
  bool operator==(const Verdict&) const = default;
};

// What a judge said, or anybody else from outside, as a `why`.
std::string BoundedWhy(std::string_view text);

}  // namespace weir::quality
