#include "ledger/quality_tally.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "ledger/groups.h"

namespace weir::ledger {
namespace {

// Whether the judge said the same in both orders; nullopt: no such pair.
std::optional<bool> Agrees(const SummaryRow& row) {
  if (!row.judged) return std::nullopt;
  const int64_t first = *row.judged / 10, second = *row.judged % 10;
  if (first < 0 || first > 2 || second < 0 || second > 2) return std::nullopt;
  const int64_t turned = second == 2 ? 2 : 1 - second;
  return first == turned;
}

void AddLoss(const SummaryRow& row, LossSums* sums) {
  const double requests = 1 / row.sampled;
  const int net = row.verdict == "loss" ? 1 : row.verdict == "win" ? -1 : 0;
  sums->Add(row.outcome != kProbe, net, requests);
  if (row.baseline_chance > 0) {
    sums->chance += row.baseline_chance * requests;
    sums->chance_traffic += requests;
  }
  const std::optional<bool> agrees = Agrees(row);
  if (!agrees) return;
  ++sums->pairs;
  sums->disagreements += *agrees ? 0 : 1;
}

}  // namespace

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
  QualityLine* line = FindGroup(lines, name);
  AddLoss(row, &line->sums);
  // A probe's answer was nobody's but ours.
  if (row.outcome != kProbe) AddVerdict(row, line);
}

void QualityTally::Add(const SummaryRow& row) {
  if (row.feedback()) {
    ++report_.feedback;
    report_.rating_millionths += std::llround(std::clamp(row.rating, -1.0, 1.0) * 1e6);
  }
  QualityLine verdict;
  if (row.sample() && AddVerdict(row, &verdict)) AddVerdicts(row);
}

void QualityTally::AddVerdicts(const SummaryRow& row) {
  const bool probe = row.outcome == kProbe;
  // It is about its own tier, whoever answered; a floor in force has no tiers.
  const bool own = probe && !row.tier.empty() && !row.own_tier.empty();
  AddLoss(row, &report_.total.sums);
  AddTo(&routes_, row.route, row);
  AddTo(&tiers_, own ? row.own_tier : row.tier, row);
  AddTo(&tasks_, row.task, row);
  AddTo(&languages_, row.language, row);
  if (probe) return;
  AddVerdict(row, &report_.total);
  report_.exact += row.verdict_by == "exact" ? 1 : 0;
  report_.json += row.verdict_by == "json" ? 1 : 0;
  report_.number += row.verdict_by == "number" ? 1 : 0;
  report_.judge += row.verdict_by == "judge" ? 1 : 0;
}

std::vector<QualityLine> QualityTally::Sorted(Lines lines) {
  std::vector<QualityLine> sorted;
  for (auto& [name, line] : lines) {
    if (line.judged() == 0) continue;
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
