// Counts, by UTC day, verdicts of each measured tier and who answered the requests of its route.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "ledger/report.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

class MeasuredSeries {
 public:
  // `tier` is the place of a request's tier among DayLine::tiers.
  void Add(const SummaryRow& row, WallMicros day, size_t tier);
  // `places[i]` is where tier i stands in Report::series_tiers. The report has its periods.
  void Finish(std::span<const size_t> places, Report* report) &&;

 private:
  struct TierDay {
    KeptQuality clients, model;
    int64_t by_baseline = 0, probes = 0, elsewhere = 0;
  };
  struct RouteDay {
    int64_t requests = 0, handed_up = 0;
    std::array<int64_t, kSeriesTiers> tiers{};
  };
  using TierDays = std::map<WallMicros, TierDay>;
  using RouteDays = std::map<WallMicros, RouteDay>;
  using Name = std::pair<std::string, std::string>;  // route, tier

  void AddRequest(const SummaryRow& row, WallMicros day, size_t tier);
  void AddSample(const SummaryRow& row, WallMicros day);
  static void AddTo(MeasuredPoint* point, const TierDay& day);
  MeasuredTier Drawn(const Name& name, const TierDays& days, const Report& report,
                     std::span<const size_t> places) const;

  std::map<std::string, RouteDays, std::less<>> routes_;
  std::map<Name, TierDays> tiers_;
  int64_t left_out_ = 0;
};

}  // namespace weir::ledger
