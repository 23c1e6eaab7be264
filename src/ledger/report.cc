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

void SetIntervals(const ReportTerms& terms, std::vector<QualityLine>* lines) {
  for (QualityLine& line : *lines) SetInterval(terms, &line);
}

// The one floor of all routes with verdicts.
std::optional<double> CommonFloor(const std::vector<QualityLine>& routes) {
  if (routes.empty()) return std::nullopt;
  for (const QualityLine& route : routes) {
    if (route.floor != routes.front().floor) return std::nullopt;
  }
  return routes.front().floor;
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
  if (!floor || !low || !high) return FloorState::kNone;
  if (*low >= *floor) return FloorState::kHolds;
  return *high < *floor ? FloorState::kBroken : FloorState::kOpen;
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
  if (!terms.floor) return;
  for (QualityLine& route : quality.routes) route.floor = terms.floor(route.group);
  for (MeasuredTier& tier : quality.measured) tier.floor = terms.floor(tier.route);
  quality.total.floor = CommonFloor(quality.routes);
}

}  // namespace weir::ledger
