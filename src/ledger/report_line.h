// The lines of a report. Money is exact to the nano-dollar: every sum is over rounded attempts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/money.h"
#include "ledger/loss_sums.h"

namespace weir::ledger {

// One group of requests, with what Weir did about them. Samples and feedback count in the groups of
// the request that they are about, and at the time when they were made.
struct ReportLine {
  std::string group;
  int64_t requests = 0;  // of clients
  int64_t failed = 0;
  int64_t prompt_tokens = 0, cached_tokens = 0, completion_tokens = 0, reasoning_tokens = 0;
  NanoUsd spent;                // on clients' requests, all their attempts
  int64_t with_baseline = 0;    // requests that have a counterfactual and are priced in full
  NanoUsd baseline;             // what the counterfactual of those would have cost
  NanoUsd spent_with_baseline;  // spent on those same requests
  int64_t unpriced = 0;         // requests whose cost is not known in full
  // Of the requests that were answered, within 1 %; -1: none.
  int64_t first_token_p50_us = -1, first_token_p95_us = -1;
  int64_t total_p50_us = -1, total_p95_us = -1;

  NanoUsd baseline_low, baseline_high;  // what `baseline` may have been at least and at most
  NanoUsd failed_attempts;              // of `spent`: attempts that brought no whole answer
  NanoUsd failed_with_baseline;         // of `spent_with_baseline`, likewise
  int64_t cache_hits = 0;
  NanoUsd cache_saved;           // what the answers that hits gave again would have cost again
  NanoUsd cache_with_baseline;   // likewise, of requests with a counterfactual
  NanoUsd shadow, judge, lost;   // overhead, in none of the sums above
  int64_t samples = 0;           // comparisons with the baseline that were begun
  int64_t lost_requests = 0;     // died with the process, settled at what was reserved
  int64_t unpriced_samples = 0;  // whose cost is not known in full

  NanoUsd overhead() const { return NanoUsd{shadow.nano + judge.nano + lost.nano}; }
  // Whether there is anything to tell a saving or a loss from.
  bool compared() const { return with_baseline > 0 || overhead().nano != 0; }
  // On what is compared, everything included. saved = baseline - this.
  NanoUsd paid() const { return NanoUsd{spent_with_baseline.nano + overhead().nano}; }
  NanoUsd saved() const { return NanoUsd{baseline.nano - paid().nano}; }
  NanoUsd saved_low() const { return NanoUsd{baseline_low.nano - paid().nano}; }
  NanoUsd saved_high() const { return NanoUsd{baseline_high.nano - paid().nano}; }
  // By asking cheaper models:
  // saved = routing_saved + cache_with_baseline - failed_with_baseline - overhead.
  NanoUsd routing_saved() const {
    return NanoUsd{baseline.nano - spent_with_baseline.nano + failed_with_baseline.nano -
                   cache_with_baseline.nano};
  }
};

// Every sum of money in a line, for what loops over them.
template <class Line, class Visit>
void VisitMoney(Line& line, Visit&& visit) {
  visit("spent", line.spent);
  visit("baseline", line.baseline);
  visit("spent_with_baseline", line.spent_with_baseline);
  visit("baseline_low", line.baseline_low);
  visit("baseline_high", line.baseline_high);
  visit("failed_attempts", line.failed_attempts);
  visit("failed_with_baseline", line.failed_with_baseline);
  visit("cache_saved", line.cache_saved);
  visit("cache_with_baseline", line.cache_with_baseline);
  visit("shadow", line.shadow);
  visit("judge", line.judge);
  visit("lost", line.lost);
}

// Where the interval of the net loss stands to what the floor allows: not above it, on both sides
// of it, or above it.
enum class FloorState : uint8_t { kNone, kHolds, kOpen, kBroken };

// Verdicts over the answers that clients got, against the baseline's.
struct QualityLine {
  std::string group;
  int64_t wins = 0, ties = 0, losses = 0;
  int64_t by_judge = 0;  // of them; the others were told by comparing the texts
  // Of the true share of "as good or better": from the layer above, else none.
  std::optional<double> low, high, floor;
  // The net loss of a request, corrected for the judge's errors, probes with them, and what the
  // floor allows of it: likewise.
  LossSums sums;
  std::optional<double> loss, loss_low, loss_high, allowed;

  int64_t judged() const { return wins + ties + losses; }
  int64_t good() const { return wins + ties; }
  FloorState state() const;
};

// Of whole answers that a model gave: not of failures, not from the cache.
struct LatencyLine {
  std::string group;
  int64_t requests = 0;     // of clients
  int64_t shadow = 0;       // calls that Weir made to compare
  int64_t first_token = 0;  // of both, those whose first token is known
  int64_t first_token_p50_us = -1, first_token_p95_us = -1;
  int64_t total_p50_us = -1, total_p95_us = -1;
  bool measured() const { return requests + shadow > 0; }
};

struct DearRequest {
  RequestId id;
  WallMicros time = 0;
  std::string route, tier, model, key, outcome;
  int64_t prompt_tokens = 0, completion_tokens = 0;
  NanoUsd cost;
  std::optional<NanoUsd> baseline_cost;
};

inline constexpr size_t kSeriesTiers = 8;  // the last one is for all others

// A UTC day with rows.
struct DayLine {
  WallMicros begins = 0;
  ReportLine money;
  QualityLine quality;
  std::array<int64_t, kSeriesTiers> tiers{};  // requests by Report::series_tiers
};

// What the figures rest on, for whoever checks them.
struct Audit {
  int64_t rows = 0, samples = 0, feedback = 0, lost = 0;  // of all rows; the rest are requests
  int64_t attempts = 0;
  NanoUsd attempts_cost;
  int64_t estimated = 0;      // requests whose tokens the provider did not count
  int64_t with_range = 0;     // requests whose counterfactual has a range
  int64_t unequal = 0;        // rows whose cost is not the sum of their attempts'
  int64_t orphans = 0;        // samples and feedback whose request is not in the ledger
  int64_t undecided = 0;      // samples without a verdict
  int64_t beyond_series = 0;  // rows of days that the series has no room for
  RequestId first, last;      // of the rows, by id
};

}  // namespace weir::ledger
