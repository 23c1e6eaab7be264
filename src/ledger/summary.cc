#include "ledger/summary.h"

#include <algorithm>
#include <tuple>

#include "ledger/groups.h"

namespace weir::ledger {
namespace {

bool DearFirst(const DearRequest& a, const DearRequest& b) {
  return std::tie(b.cost, a.id) < std::tie(a.cost, b.id);
}

bool SpentFirst(const ReportLine& a, const ReportLine& b) {
  return std::tie(b.spent, a.group) < std::tie(a.spent, b.group);
}

bool SameMoney(const ReportLine& a, const ReportLine& b) {
  std::vector<int64_t> left, right;
  VisitMoney(a, [&](std::string_view, NanoUsd amount) { left.push_back(amount.nano); });
  VisitMoney(b, [&](std::string_view, NanoUsd amount) { right.push_back(amount.nano); });
  return left == right && a.requests == b.requests && a.with_baseline == b.with_baseline &&
         a.samples == b.samples && a.lost_requests == b.lost_requests;
}

bool AddsUp(const std::vector<ReportLine>& lines, const ReportLine& total) {
  ReportLine sum;
  for (const ReportLine& line : lines) {
    if (!AddLine(line, &sum)) return false;
  }
  return SameMoney(sum, total);
}

bool AddsUp(const std::vector<DayLine>& days, const ReportLine& total) {
  ReportLine sum;
  for (const DayLine& day : days) {
    if (!AddLine(day.money, &sum)) return false;
  }
  return SameMoney(sum, total);
}

Result<void> CheckSums(const Report& report) {
  bool same = AddsUp(report.lines, report.total) && AddsUp(report.tiers, report.total) &&
              (report.audit.beyond_series > 0 || AddsUp(report.days, report.total));
  if (same) return {};
  return MakeError(Reason::kInternal, "the lines of the report do not add up to its total");
}

}  // namespace

bool Summary::Sum::Add(const SummaryRow& row, const RowCosts& costs) {
  if (row.request() && row.answered()) {
    first_token.Add(row.first_token_us);
    total.Add(row.total_us);
  }
  return AddRow(row, costs, &line);
}

ReportLine Summary::Sum::Finish(std::string name) && {
  line.group = std::move(name);
  line.first_token_p50_us = first_token.Percentile(50);
  line.first_token_p95_us = first_token.Percentile(95);
  line.total_p50_us = total.Percentile(50);
  line.total_p95_us = total.Percentile(95);
  return std::move(line);
}

std::string_view Summary::GroupOf(const SummaryRow& row) {
  switch (by_) {
    case GroupBy::kModel:
      return row.model;
    case GroupBy::kTier:
      return row.tier;
    case GroupBy::kRoute:
      return row.route;
    case GroupBy::kKey:
      return row.key;
    case GroupBy::kTeam:
      return row.team;
    case GroupBy::kTask:
      return row.task;
    case GroupBy::kLanguage:
      return row.language;
    case GroupBy::kDay:
      break;
  }
  WallMicros begins = Midnight(row.time);
  if (begins != std::exchange(day_begins_, begins) || day_.empty()) {
    day_ = FormatWall(begins).substr(0, 10);
  }
  return day_;
}

bool Summary::AddMoney(const SummaryRow& row) {
  const RowCosts costs = CostsOf(row);
  AddAudit(row, costs);
  return total_.Add(row, costs) && FindGroup(&groups_, GroupOf(row))->Add(row, costs) &&
         FindGroup(&tiers_, row.tier)->Add(row, costs) &&
         AddRow(row, costs, FindGroup(&keys_, row.key)) &&
         AddRow(row, costs, FindGroup(&teams_, row.team)) && series_.Add(row, costs);
}

void Summary::AddAudit(const SummaryRow& row, const RowCosts& costs) {
  if (audit_.rows++ == 0 || row.id < audit_.first) audit_.first = row.id;
  audit_.last = std::max(audit_.last, row.id);
  audit_.attempts += static_cast<int64_t>(row.attempts.size());
  audit_.attempts_cost = AddSaturating(audit_.attempts_cost, NanoUsd{costs.attempts});
  audit_.orphans += row.orphan ? 1 : 0;
  if (row.request()) {
    audit_.estimated += row.tokens.estimated ? 1 : 0;
    audit_.with_range += row.baseline_cost && (row.baseline_low || row.baseline_high) ? 1 : 0;
  } else if (row.sample()) {
    ++audit_.samples;
    audit_.undecided += row.verdict.empty() ? 1 : 0;
  } else {
    ++(row.feedback() ? audit_.feedback : audit_.lost);
  }
  const bool settled = row.request() || row.sample();
  audit_.unequal += settled && costs.attempts != row.cost.nano ? 1 : 0;
}

void Summary::AddDear(const SummaryRow& row) {
  if (!row.request() || row.cost.nano <= 0) return;
  if (dearest_.size() == kMaxDearest && row.cost <= dearest_.back().cost) return;
  DearRequest dear{row.id,
                   row.time,
                   std::string(row.route),
                   std::string(row.tier),
                   std::string(row.model),
                   std::string(row.key),
                   std::string(row.outcome),
                   row.tokens.prompt,
                   row.tokens.completion,
                   row.cost,
                   row.baseline_cost};
  dearest_.insert(std::upper_bound(dearest_.begin(), dearest_.end(), dear, DearFirst),
                  std::move(dear));
  if (dearest_.size() > kMaxDearest) dearest_.pop_back();
}

Result<void> Summary::Add(const SummaryRow& row) {
  if (!AddMoney(row)) {
    return MakeError(Reason::kInternal, "a sum of the report does not fit into 64 bits");
  }
  quality_.Add(row);
  latency_.Add(row);
  AddDear(row);
  bool compared = row.request() && row.baseline_cost && row.priced;
  if (compared && baselines_.size() < kMaxBaselines && !baselines_.contains(row.baseline)) {
    baselines_.emplace(row.baseline);
  }
  return {};
}

std::vector<ReportLine> Summary::Timed(Sums sums) {
  std::vector<ReportLine> lines;
  for (auto& [name, sum] : sums) lines.push_back(std::move(sum).Finish(name));
  return lines;
}

// Nothing where no row has a name.
std::vector<ReportLine> Summary::Named(Lines sums) {
  std::vector<ReportLine> lines;
  for (auto& [name, line] : sums) {
    line.group = name;
    lines.push_back(std::move(line));
  }
  if (lines.size() == 1 && lines[0].group == kNoName) lines.clear();
  std::sort(lines.begin(), lines.end(), SpentFirst);
  return lines;
}

Result<Report> Summary::Finish() && {
  Report report;
  report.by = by_;
  report.total = std::move(total_).Finish("total");
  report.lines = Timed(std::move(groups_));
  report.tiers = Timed(std::move(tiers_));
  report.keys = Named(std::move(keys_));
  report.teams = Named(std::move(teams_));
  report.baselines.assign(baselines_.begin(), baselines_.end());
  report.audit = audit_;
  report.quality = std::move(quality_).Finish();
  std::move(series_).Finish(&report);
  report.latency = std::move(latency_).Finish();
  report.dearest = std::move(dearest_);
  if (by_ != GroupBy::kDay) std::sort(report.lines.begin(), report.lines.end(), SpentFirst);
  std::sort(report.tiers.begin(), report.tiers.end(), [](const auto& a, const auto& b) {
    return std::tie(b.requests, a.group) < std::tie(a.requests, b.group);
  });
  WEIR_CHECK_OK(CheckSums(report));
  return report;
}

}  // namespace weir::ledger
