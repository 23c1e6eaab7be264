#include "ledger/latency_tally.h"

#include <algorithm>
#include <tuple>

#include "ledger/groups.h"

namespace weir::ledger {

void LatencyTally::Sum::Add(bool shadow, int64_t first_token_us, int64_t total_us) {
  ++(shadow ? line.shadow : line.requests);
  line.first_token += first_token_us >= 0 ? 1 : 0;
  first_token.Add(first_token_us);
  total.Add(total_us);
}

LatencyLine LatencyTally::Sum::Finish(std::string name) && {
  line.group = std::move(name);
  line.first_token_p50_us = first_token.Percentile(50);
  line.first_token_p95_us = first_token.Percentile(95);
  line.total_p50_us = total.Percentile(50);
  line.total_p95_us = total.Percentile(95);
  return std::move(line);
}

void LatencyTally::AddShadow(const SummaryRow& row) {
  for (const AttemptView& attempt : row.attempts) {
    if (attempt.role != "shadow" || attempt.outcome != "ok") continue;
    // Of a probe it may be the cheaper model's.
    if (row.outcome != kProbe || attempt.model == row.baseline) {
      baseline_.Add(true, row.first_token_us, attempt.total_us);
    }
    FindGroup(&models_, attempt.model, kMaxLatencyModels)
        ->Add(true, row.first_token_us, attempt.total_us);
  }
}

void LatencyTally::Add(const SummaryRow& row) {
  if (row.sample()) return AddShadow(row);
  if (!row.request() || !row.answered() || row.hit() || row.model.empty()) return;
  Sum& side = row.model == row.baseline ? baseline_ : routed_;
  side.Add(false, row.first_token_us, row.total_us);
  FindGroup(&models_, row.model, kMaxLatencyModels)->Add(false, row.first_token_us, row.total_us);
}

LatencyReport LatencyTally::Finish() && {
  LatencyReport report;
  report.routed = std::move(routed_).Finish("routed");
  report.baseline = std::move(baseline_).Finish("baseline");
  for (auto& [name, sum] : models_) report.models.push_back(std::move(sum).Finish(name));
  std::sort(report.models.begin(), report.models.end(), [](const auto& a, const auto& b) {
    return std::tuple(b.requests + b.shadow, a.group) < std::tuple(a.requests + a.shadow, b.group);
  });
  return report;
}

}  // namespace weir::ledger
