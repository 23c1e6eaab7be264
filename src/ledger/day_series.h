// What a report's charts show: money, tiers and verdicts by UTC day.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/line_sum.h"
#include "ledger/measured_series.h"
#include "ledger/report.h"

namespace weir::ledger {

class DaySeries {
 public:
  // False: a sum does not fit.
  bool Add(const SummaryRow& row, const RowCosts& costs);
  void Finish(Report* report) &&;

 private:
  DayLine* DayAt(WallMicros begins);
  static std::string_view WhoAnswered(const SummaryRow& row);
  size_t TierAt(std::string_view name);

  std::map<WallMicros, DayLine> days_;
  std::vector<std::string> tiers_;
  MeasuredSeries measured_;
  int64_t left_out_ = 0;
};

}  // namespace weir::ledger
