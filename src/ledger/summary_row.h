// What a report needs of a row; the texts are views.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "ledger/attempt_view.h"

namespace weir::ledger {

// Reason of a request that went past a tier that loses too much on such requests.
inline constexpr std::string_view kHandedUp = "quality";

struct SummaryRow {
  RequestId id;
  WallMicros time = 0;
  std::string_view kind;
  // Of samples and feedback: those of their request, where it is in the ledger.
  std::string_view route, tier, model, key, team, task, language;
  std::string_view own_tier;  // of a sample: the tier that its verdict is about
  bool orphan = false;        // where it is not
  std::string_view reason, outcome, baseline, cache, verdict, verdict_by;
  double rating = 0;
  // Of a sample:
  double sampled = 1;  // the share of such requests that was drawn
  // Requests that it tells of what their clients got; 0: of none. nullopt: an older row's.
  std::optional<double> clients;
  bool own = true;             // false: a cheaper model, measured too, was trusted with the request
  double baseline_chance = 0;  // P(ok) of the baseline; 0: not known
  // What the judge said of the answer given and the baseline's, as A and B and then as B and A: a
  // digit each, 0: A is better, 1: B, 2: neither; nullopt: it was not asked.
  std::optional<int64_t> judged;
  Tokens tokens;
  NanoUsd cost;
  bool priced = false;
  std::optional<NanoUsd> baseline_cost, baseline_low, baseline_high;
  NanoUsd cache_saved;
  int64_t first_token_us = -1;
  int64_t total_us = 0;
  std::span<const AttemptView> attempts;

  bool request() const { return kind.empty(); }
  bool sample() const { return kind == kSample; }
  bool feedback() const { return kind == kFeedback; }
  bool answered() const { return outcome == "ok"; }
  bool hit() const { return cache == "hit"; }
};

}  // namespace weir::ledger
