// What clients are given: keys, teams, and what each may use and spend.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/money.h"
#include "config/mark.h"

namespace weir::config {

enum class Per : uint8_t { kDay, kMonth, kTotal };  // UTC calendar days and months

struct BudgetSettings {
  NanoUsd limit;
  Per per = Per::kMonth;
  bool operator==(const BudgetSettings&) const = default;
};

// Of a key or a team: what is not said does not limit.
struct AllowanceSettings {
  std::optional<std::vector<Name>> routes;  // that may be asked for
  std::optional<std::vector<Name>> models;  // that may be pinned, and follow a pin in its chain
  std::optional<bool> allow_override;       // pin a model at all; absent: a key no, a team yes
  std::optional<int64_t> rpm;               // requests a minute
  std::optional<int64_t> tpm;               // tokens a minute
  std::optional<int64_t> max_inflight;
  std::vector<BudgetSettings> budgets;       // all of them hold
  std::optional<BudgetSettings> strong;      // on strong models
  std::vector<BudgetSettings> user_budgets;  // of each user that the requests name
  std::optional<WallMicros> expires;
  enum class StrongOver : uint8_t { kCheaper, kRefuse } strong_over = StrongOver::kCheaper;
  bool sample = true;  // its requests may be asked again to measure quality
  bool bodies = true;  // its prompts and answers may be stored, where `ledger.bodies` stores any
};

inline constexpr size_t kShownBytes = 6;  // of a key, to tell keys apart

struct KeySettings {
  Name name;
  Sha256Digest digest{};
  std::string shown;  // the key's first kShownBytes; empty when only the digest is known
  std::optional<Name> team;
  AllowanceSettings allowance;
};

struct TeamSettings {
  Name name;
  AllowanceSettings allowance;
};

}  // namespace weir::config
