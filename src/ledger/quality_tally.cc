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

void AddLoss(const SummaryRow& row, int net_loss, double requests, LossSums* sums) {
  if (const std::optional<bool> agrees = Agrees(row)) {
    ++sums->pairs;
    sums->disagreements += *agrees ? 0 : 1;
  }
  if (requests <= 0) return;
  sums->Add(row.outcome != kProbe, net_loss, requests);
  AddChance(row, requests, sums);
}

// A row of before this was written down counts a request that the baseline answered once for each
// model that it could have measured.
double ClientsOf(const SummaryRow& row) {
  if (row.clients) return *row.clients;
  const bool of_nobody = row.outcome == kProbe && row.model != row.baseline;
  return of_nobody ? 0 : 1 / row.sampled;
}

}  // namespace

void AddVerdict(const SummaryRow& row, QualityLine* line) {
  const std::optional<int> net_loss = NetLossOf(row);
  if (!net_loss) return;
  ++(*net_loss > 0 ? line->losses : *net_loss < 0 ? line->wins : line->ties);
  if (row.verdict_by == "judge") ++line->by_judge;
}

std::optional<int> NetLossOf(const SummaryRow& row) {
  if (row.verdict == "win") return -1;
  if (row.verdict == "tie") return 0;
  if (row.verdict == "loss") return 1;
  return std::nullopt;
}

void AddChance(const SummaryRow& row, double requests, LossSums* sums) {
  if (row.baseline_chance <= 0) return;
  sums->chance += row.baseline_chance * requests;
  sums->chance_traffic += requests;
}

void QualityTally::AddTo(Lines* lines, std::string_view name, double requests,
                         const SummaryRow& row, int net_loss) {
  QualityLine* line = FindGroup(lines, name);
  AddLoss(row, net_loss, requests, &line->sums);
  // A probe's answer was nobody's but ours.
  if (row.outcome != kProbe) AddVerdict(row, line);
}

void QualityTally::Add(const SummaryRow& row) {
  if (row.feedback()) {
    ++report_.feedback;
    report_.rating_millionths += std::llround(std::clamp(row.rating, -1.0, 1.0) * 1e6);
  }
  if (!row.sample()) return;
  if (const std::optional<int> net_loss = NetLossOf(row)) AddVerdicts(row, *net_loss);
}

void QualityTally::AddVerdicts(const SummaryRow& row, int net_loss) {
  const bool probe = row.outcome == kProbe;
  // A tier's are all that it could have, whoever had them; a floor in force has no tiers.
  const bool of_tier = !row.tier.empty() && !row.own_tier.empty();
  const double clients = ClientsOf(row);
  AddLoss(row, net_loss, clients, &report_.total.sums);
  AddTo(&routes_, row.route, clients, row, net_loss);
  AddTo(&tiers_, of_tier && probe ? row.own_tier : row.tier, of_tier ? 1 / row.sampled : clients,
        row, net_loss);
  AddTo(&tasks_, row.task, clients, row, net_loss);
  AddTo(&languages_, row.language, clients, row, net_loss);
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
