// Adds rows up into a Report: exact integers, one pass, bounded groups.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/day_series.h"
#include "ledger/histogram.h"
#include "ledger/latency_tally.h"
#include "ledger/line_sum.h"
#include "ledger/quality_tally.h"
#include "ledger/report.h"

namespace weir::ledger {

class Summary {
 public:
  explicit Summary(GroupBy by) : by_(by) {}
  // kInternal when a sum does not fit.
  Result<void> Add(const SummaryRow& row);
  // kInternal when the lines do not add up to the total.
  Result<Report> Finish() &&;

 private:
  struct Sum {
    ReportLine line;
    Histogram first_token, total;

    bool Add(const SummaryRow& row, const RowCosts& costs);
    ReportLine Finish(std::string name) &&;
  };
  using Sums = std::map<std::string, Sum, std::less<>>;
  using Lines = std::map<std::string, ReportLine, std::less<>>;

  static std::vector<ReportLine> Timed(Sums sums);
  static std::vector<ReportLine> Named(Lines lines);
  std::string_view GroupOf(const SummaryRow& row);
  bool AddMoney(const SummaryRow& row);
  void AddAudit(const SummaryRow& row, const RowCosts& costs);
  void AddDear(const SummaryRow& row);

  const GroupBy by_;
  WallMicros day_begins_ = -1;
  std::string day_;
  Sum total_;
  Sums groups_, tiers_;
  Lines keys_, teams_;
  DaySeries series_;
  QualityTally quality_;
  LatencyTally latency_;
  Audit audit_;
  std::vector<DearRequest> dearest_;
  std::set<std::string, std::less<>> baselines_;
};

}  // namespace weir::ledger
