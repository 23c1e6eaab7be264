#include "ledger/quality_tally.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "ledger/groups.h"

namespace weir::ledger {

bool AddVerdict(const SummaryRow& row, QualityLine* line) {
  if (row.verdict == "win") {
    ++line->wins;
  } else if (row.verdict == "tie") {
    ++line->ties;
  } else if (row.verdict == "loss") {
    ++line->losses;
  } else {
    return false;
  }
  if (row.verdict_by == "judge") ++line->by_judge;
  return true;
}

void QualityTally::AddTo(Lines* lines, std::string_view name, const SummaryRow& row) {
  AddVerdict(row, FindGroup(lines, name));
}

void QualityTally::Add(const SummaryRow& row) {
  if (row.feedback()) {
    ++report_.feedback;
    report_.rating_millionths += std::llround(std::clamp(row.rating, -1.0, 1.0) * 1e6);
  }
  // A probe's answer was nobody's but ours.
  if (!row.sample() || row.outcome == kProbe || !AddVerdict(row, &report_.total)) return;
  report_.exact += row.verdict_by == "exact" ? 1 : 0;
  report_.json += row.verdict_by == "json" ? 1 : 0;
  report_.number += row.verdict_by == "number" ? 1 : 0;
  report_.judge += row.verdict_by == "judge" ? 1 : 0;
  AddTo(&routes_, row.route, row);
  AddTo(&tiers_, row.tier, row);
  AddTo(&tasks_, row.task, row);
  AddTo(&languages_, row.language, row);
}

std::vector<QualityLine> QualityTally::Sorted(Lines lines) {
  std::vector<QualityLine> sorted;
  for (auto& [name, line] : lines) {
    line.group = name;
    sorted.push_back(std::move(line));
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tuple(b.judged(), a.group) < std::tuple(a.judged(), b.group);
  });
  return sorted;
}

QualityReport QualityTally::Finish() && {
  report_.total.group = "total";
  report_.routes = Sorted(std::move(routes_));
  report_.tiers = Sorted(std::move(tiers_));
  report_.tasks = Sorted(std::move(tasks_));
  report_.languages = Sorted(std::move(languages_));
  return std::move(report_);
}

}  // namespace weir::ledger
