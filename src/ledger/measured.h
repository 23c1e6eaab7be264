// The quality of a measured tier over time, beside who answered its route's requests.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ledger/report_line.h"

namespace weir::ledger {

// A share of the traffic, from samples of it that were drawn at shares of their own: each stands
// for 1/share requests.
struct WeighedShare {
  double weight = 0, good = 0, squares = 0;

  void Add(bool is_good, double by) {
    weight += by;
    good += is_good ? by : 0;
    squares += by * by;
  }
  void Add(const WeighedShare& other) {
    weight += other.weight;
    good += other.good;
    squares += other.squares;
  }
  double share() const { return weight > 0 ? good / weight : 0; }
  // As many equal ones would say as much.
  double count() const { return squares > 0 ? weight * weight / squares : 0; }
};

// Some days, from `begins` on.
struct MeasuredPoint {
  WallMicros begins = 0;
  // Of the answers that clients got who asked what the tier is for. Where it was not trusted and
  // the baseline answered in its place they are ties: as good by definition.
  QualityLine clients;
  WeighedShare clients_share;
  int64_t by_baseline = 0;  // of `clients`
  // Of what the tier's model says, whether clients got it or (probes) not.
  QualityLine model;
  WeighedShare model_share;
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
