// The quality of a measured tier over time, beside who answered its route's requests.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ledger/loss_sums.h"
#include "ledger/report_line.h"

namespace weir::ledger {

// The share of the baseline's quality that answers kept, corrected for the judge's errors: 1 less
// their net loss, over the baseline's chance of a good answer. More than 1: they were better.
struct KeptQuality {
  int64_t wins = 0, ties = 0, losses = 0;
  LossSums sums;
  // From the layer above, else none; the interval is that of these verdicts by themselves.
  std::optional<double> share, low, high;

  int64_t judged() const { return wins + ties + losses; }
  // `net_loss`: as LossSums has it.
  void Add(bool served, int net_loss, double requests) {
    ++(net_loss > 0 ? losses : net_loss < 0 ? wins : ties);
    sums.Add(served, net_loss, requests);
  }
  void Add(const KeptQuality& other) {
    wins += other.wins;
    ties += other.ties;
    losses += other.losses;
    sums.Add(other.sums);
  }
};

// Some days, from `begins` on.
struct MeasuredPoint {
  WallMicros begins = 0;
  // Of the answers that clients got who asked what the tier is for. Where it was not trusted and
  // the baseline answered in its place they are ties: as good by definition.
  KeptQuality clients;
  int64_t by_baseline = 0;  // of `clients`
  // Of what the tier's model says, whether clients got it or (probes) not. Not of requests that a
  // cheaper one is trusted with.
  KeptQuality model;
  int64_t probes = 0;     // of `model`
  int64_t elsewhere = 0;  // of `probes`: neither it nor the baseline answered; not in `clients`
  // Of the whole route.
  int64_t requests = 0;
  int64_t handed_up = 0;                      // past a tier that loses too much
  std::array<int64_t, kSeriesTiers> tiers{};  // by Report::series_tiers
};

struct MeasuredTier {
  std::string route, tier;
  std::optional<double> floor;
  int64_t verdicts = 0;
  int64_t days_a_point = 1;
  std::vector<MeasuredPoint> points;  // in order, without gaps, at most kMaxPeriods
};

}  // namespace weir::ledger
