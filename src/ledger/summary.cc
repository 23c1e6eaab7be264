#include "ledger/summary.h"

#include <algorithm>
#include <tuple>

namespace weir::ledger {
namespace {

constexpr std::string_view kNone = "(none)";
constexpr std::string_view kOther = "(other)";

bool AddTo(int64_t* sum, int64_t value) {
  return !__builtin_add_overflow(*sum, value, sum);
}

}  // namespace

bool Summary::Sum::Add(const SummaryRow& row) {
  bool answered = row.outcome == "ok";
  ++line.requests;
  if (!answered) ++line.failed;
  if (!row.priced) ++line.unpriced;
  if (answered) {
    first_token.Add(row.first_token_us);
    total.Add(row.total_us);
  }
  bool fits = AddTo(&line.prompt_tokens, row.tokens.prompt) &&
              AddTo(&line.cached_tokens, row.tokens.cached) &&
              AddTo(&line.completion_tokens, row.tokens.completion) &&
              AddTo(&line.reasoning_tokens, row.tokens.reasoning) &&
              AddTo(&line.spent.nano, row.cost.nano);
  // A request whose cost is not known in full would make the saving look larger than it is.
  if (!fits || !row.baseline_cost || !row.priced) return fits;
  ++line.with_baseline;
  int64_t saved = 0;
  return AddTo(&line.baseline.nano, row.baseline_cost->nano) &&
         AddTo(&line.spent_with_baseline.nano, row.cost.nano) &&
         !__builtin_sub_overflow(line.baseline.nano, line.spent_with_baseline.nano, &saved);
}

ReportLine Summary::Sum::Finish(std::string name) && {
  line.group = std::move(name);
  line.first_token_p50_us = first_token.Percentile(50);
  line.first_token_p95_us = first_token.Percentile(95);
  line.total_p50_us = total.Percentile(50);
  line.total_p95_us = total.Percentile(95);
  return std::move(line);
}

Summary::Sum* Summary::Find(Sums* sums, std::string_view name) {
  if (name.empty()) name = kNone;
  auto found = sums->find(name);
  if (found != sums->end()) return &found->second;
  if (sums->size() >= kMaxGroups - 1) name = kOther;
  return &(*sums)[std::string(name)];
}

Result<void> Summary::Add(const SummaryRow& row) {
  bool fits =
      total_.Add(row) && Find(&groups_, row.group)->Add(row) && Find(&tiers_, row.tier)->Add(row);
  if (!fits) {
    return MakeError(Reason::kInternal, "a sum of the report does not fit into 64 bits");
  }
  bool compared = row.baseline_cost && row.priced && baselines_.size() < kMaxBaselines;
  if (compared && !baselines_.contains(row.baseline)) baselines_.emplace(row.baseline);
  return {};
}

std::vector<ReportLine> Summary::Lines(Sums sums) {
  std::vector<ReportLine> lines;
  for (auto& [name, sum] : sums) lines.push_back(std::move(sum).Finish(name));
  return lines;
}

Report Summary::Finish(GroupBy by) && {
  Report report;
  report.by = by;
  report.total = std::move(total_).Finish("total");
  report.lines = Lines(std::move(groups_));
  report.tiers = Lines(std::move(tiers_));
  report.baselines.assign(baselines_.begin(), baselines_.end());
  if (by != GroupBy::kDay) {
    std::sort(report.lines.begin(), report.lines.end(), [](const auto& a, const auto& b) {
      return std::tie(b.spent, a.group) < std::tie(a.spent, b.group);
    });
  }
  std::sort(report.tiers.begin(), report.tiers.end(), [](const auto& a, const auto& b) {
    return std::tie(b.requests, a.group) < std::tie(a.requests, b.group);
  });
  return report;
}

}  // namespace weir::ledger
