#include "ledger/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace weir::ledger {
namespace {

constexpr std::array<std::pair<std::string_view, GroupBy>, 8> kGroups = {{
    {"model", GroupBy::kModel},
    {"tier", GroupBy::kTier},
    {"route", GroupBy::kRoute},
    {"key", GroupBy::kKey},
    {"team", GroupBy::kTeam},
    {"task", GroupBy::kTask},
    {"language", GroupBy::kLanguage},
    {"day", GroupBy::kDay},
}};

constexpr std::array<ReportFormat, 4> kFormats = {{
    {"table", "text/plain; charset=utf-8", FormatTable},
    {"json", "application/json", FormatJson},
    {"csv", "text/csv; charset=utf-8", FormatCsv},
    {"html", "text/html; charset=utf-8", FormatHtml, true},
}};

void SetInterval(const ReportTerms& terms, QualityLine* line) {
  if (!terms.interval || line->judged() == 0) return;
  auto [low, high] = terms.interval(line->good(), line->judged());
  line->low = std::clamp(low, 0.0, 1.0);
  line->high = std::clamp(high, *line->low, 1.0);
}

void SetLoss(const ReportTerms& terms, std::optional<double> floor, QualityLine* line) {
  line->floor = floor;
  if (!terms.loss || line->judged() == 0) return;
  const ReportTerms::Loss found = terms.loss(line->sums);
  line->loss = found.loss;
  line->loss_low = std::min(found.low, found.loss);
  line->loss_high = std::max(found.high, found.loss);
  if (floor) line->allowed = (1 - *floor) * found.chance;
}

void SetLosses(const ReportTerms& terms, QualityReport* quality) {
  const auto floor_of = [&terms](const QualityLine& route) {
    return terms.floor ? terms.floor(route.group) : std::nullopt;
  };
  for (QualityLine& route : quality->routes) SetLoss(terms, floor_of(route), &route);
  for (auto* lines : {&quality->tiers, &quality->tasks, &quality->languages}) {
    for (QualityLine& line : *lines) SetLoss(terms, std::nullopt, &line);
  }
  std::optional<double> common;
  if (!quality->routes.empty()) common = quality->routes.front().floor;
  for (const QualityLine& route : quality->routes) {
    if (route.floor != common) common.reset();
  }
  SetLoss(terms, common, &quality->total);
}

// Some verdicts of many: how often the judge errs all of them tell better.
void SetKept(const ReportTerms& terms, const LossSums& all, KeptQuality* kept) {
  constexpr double kErrors = 1.96;
  if (!terms.loss || kept->judged() == 0) return;
  kept->sums.pairs = all.pairs;
  kept->sums.disagreements = all.disagreements;
  const ReportTerms::Loss found = terms.loss(kept->sums);
  kept->share = 1 - found.loss / found.chance;
  kept->low = *kept->share - kErrors * found.error / found.chance;
  kept->high = *kept->share + kErrors * found.error / found.chance;
}

void SetIntervals(const ReportTerms& terms, std::vector<QualityLine>* lines) {
  for (QualityLine& line : *lines) SetInterval(terms, &line);
}

}  // namespace

std::optional<GroupBy> GroupByName(std::string_view name) {
  for (const auto& [known, by] : kGroups) {
    if (known == name) return by;
  }
  return std::nullopt;
}

std::string_view GroupName(GroupBy by) {
  for (const auto& [name, known] : kGroups) {
    if (known == by) return name;
  }
  return "model";
}

std::string GroupNames() {
  std::string names;
  for (const auto& [name, by] : kGroups) {
    if (!names.empty()) names += by == kGroups.back().second ? " or " : ", ";
    names += name;
  }
  return names;
}

const ReportFormat* ReportFormatByName(std::string_view name) {
  for (const ReportFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

FloorState QualityLine::state() const {
  if (!allowed || !loss_low || !loss_high) return FloorState::kNone;
  if (*loss_low > *allowed) return FloorState::kBroken;
  return *loss_high <= *allowed ? FloorState::kHolds : FloorState::kOpen;
}

void Complete(const ReportTerms& terms, Report* report) {
  QualityReport& quality = report->quality;
  SetInterval(terms, &quality.total);
  for (auto* lines : {&quality.routes, &quality.tiers, &quality.tasks, &quality.languages}) {
    SetIntervals(terms, lines);
  }
  for (DayLine& day : report->days) SetInterval(terms, &day.quality);
  for (DayLine& period : report->periods) SetInterval(terms, &period.quality);
  for (MeasuredTier& tier : quality.measured) {
    for (MeasuredPoint& point : tier.points) {
      SetKept(terms, quality.total.sums, &point.clients);
      SetKept(terms, quality.total.sums, &point.model);
    }
  }
  SetLosses(terms, &quality);
  if (!terms.floor) return;
  for (MeasuredTier& tier : quality.measured) tier.floor = terms.floor(tier.route);
}

}  // namespace weir::ledger
