// Adds decisions up into a Report: exact integers, one pass, bounded groups.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "ledger/histogram.h"
#include "ledger/report.h"

namespace weir::ledger {

// What a report needs of a decision; the texts are views.
struct SummaryRow {
  std::string_view group, tier, outcome, baseline;
  Tokens tokens;
  NanoUsd cost;
  bool priced = false;
  std::optional<NanoUsd> baseline_cost;
  int64_t first_token_us = -1;
  int64_t total_us = 0;
};

class Summary {
 public:
  // kInternal when a sum does not fit.
  Result<void> Add(const SummaryRow& row);
  Report Finish(GroupBy by) &&;

 private:
  struct Sum {
    ReportLine line;
    Histogram first_token, total;

    bool Add(const SummaryRow& row);
    ReportLine Finish(std::string name) &&;
  };
  using Sums = std::map<std::string, Sum, std::less<>>;

  static Sum* Find(Sums* sums, std::string_view name);
  static std::vector<ReportLine> Lines(Sums sums);

  Sum total_;
  Sums groups_;
  Sums tiers_;
  std::set<std::string, std::less<>> baselines_;
};

}  // namespace weir::ledger
