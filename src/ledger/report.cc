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

// Of as many verdicts as their weights are worth.
void SetInterval(const ReportTerms& terms, const WeighedShare& share, QualityLine* line) {
  if (!terms.interval || line->judged() == 0) return;
  const int64_t count = std::max<int64_t>(std::llround(share.count()), 1);
  const int64_t good = std::llround(share.share() * static_cast<double>(count));
  const auto [low, high] = terms.interval(good, count);
  line->low = std::clamp(low, 0.0, share.share());
  line->high = std::clamp(high, share.share(), 1.0);
}

// `floor` and `part` are those of all that the line has, if they have the same.
void SetLoss(const ReportTerms& terms, std::optional<double> floor, double part,
             QualityLine* line) {
  line->floor = floor;
  if (!terms.loss || line->judged() == 0) return;
  const ReportTerms::Loss found = terms.loss(line->sums);
  line->loss = found.loss;
  line->loss_low = std::min(found.low, found.loss);
  line->loss_high = std::max(found.high, found.loss);
  if (floor) line->allowed = (1 - *floor) * part * found.chance;
}

void SetLosses(const ReportTerms& terms, QualityReport* quality) {
  const auto floor_of = [&terms](const QualityLine& route) {
    return terms.floor ? terms.floor(route.group) : std::nullopt;
  };
  const auto part_of = [&terms](const QualityLine& route) {
    return terms.part ? terms.part(route.group) : 1;
  };
  for (QualityLine& route : quality->routes) {
    SetLoss(terms, floor_of(route), part_of(route), &route);
  }
  for (auto* lines : {&quality->tiers, &quality->tasks, &quality->languages}) {
    for (QualityLine& line : *lines) SetLoss(terms, std::nullopt, 1, &line);
  }
  if (quality->routes.empty()) return SetLoss(terms, std::nullopt, 1, &quality->total);
  const QualityLine& first = quality->routes.front();
  const bool common = std::ranges::all_of(quality->routes, [&](const QualityLine& route) {
    return route.floor == first.floor && part_of(route) == part_of(first);
  });
  SetLoss(terms, common ? first.floor : std::nullopt, part_of(first), &quality->total);
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
      SetInterval(terms, point.clients_share, &point.clients);
      SetInterval(terms, point.model_share, &point.model);
    }
  }
  SetLosses(terms, &quality);
  if (!terms.floor) return;
  for (MeasuredTier& tier : quality.measured) tier.floor = terms.floor(tier.route);
}

}  // namespace weir::ledger
