// Counts verdicts and ratings.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/report.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

// 1: a loss, 0: a tie, -1: a win; nullopt: no verdict.
std::optional<int> NetLossOf(const SummaryRow& row);
// Nothing where it has none.
void AddVerdict(const SummaryRow& row, QualityLine* line);
// What is known of the baseline's chance, for so many requests.
void AddChance(const SummaryRow& row, double requests, LossSums* sums);

class QualityTally {
 public:
  // Samples and feedback count, other rows do not.
  void Add(const SummaryRow& row);
  QualityReport Finish() &&;

 private:
  using Lines = std::map<std::string, QualityLine, std::less<>>;
  void AddVerdicts(const SummaryRow& row, int net_loss);
  // `requests`: that it stands for in that group.
  static void AddTo(Lines* lines, std::string_view name, double requests, const SummaryRow& row,
                    int net_loss);
  // Without those that only probes are of.
  static std::vector<QualityLine> Sorted(Lines lines);

  QualityReport report_;
  Lines routes_, tiers_, tasks_, languages_;
};

}  // namespace weir::ledger
