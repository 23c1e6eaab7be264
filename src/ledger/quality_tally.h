// Counts verdicts and ratings.
#pragma once

#include <map>
#include <string>

#include "ledger/report.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

// False: it is none.
bool AddVerdict(const SummaryRow& row, QualityLine* line);

class QualityTally {
 public:
  // Samples and feedback count, other rows do not.
  void Add(const SummaryRow& row);
  QualityReport Finish() &&;

 private:
  using Lines = std::map<std::string, QualityLine, std::less<>>;
  void AddVerdicts(const SummaryRow& row);
  static void AddTo(Lines* lines, std::string_view name, const SummaryRow& row);
  // Without those that only probes are of.
  static std::vector<QualityLine> Sorted(Lines lines);

  QualityReport report_;
  Lines routes_, tiers_, tasks_, languages_;
};

}  // namespace weir::ledger
