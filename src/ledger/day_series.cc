#include "ledger/day_series.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "ledger/groups.h"
#include "ledger/quality_tally.h"

namespace weir::ledger {

namespace {

// Never fails: all days together fit, or there would be no report.
void Merge(const DayLine& day, DayLine* period) {
  AddLine(day.money, &period->money);
  period->quality.wins += day.quality.wins;
  period->quality.ties += day.quality.ties;
  period->quality.losses += day.quality.losses;
  period->quality.by_judge += day.quality.by_judge;
  for (size_t i = 0; i < kSeriesTiers; ++i) period->tiers[i] += day.tiers[i];
}

// Cheap ones first, as routes have them by default; others by name, and the rest at the end: a tier
// keeps its place and colour from report to report.
int PlaceOf(std::string_view tier) {
  static constexpr std::array<std::string_view, 3> kUsual = {"simple", "medium", "complex"};
  auto usual = std::find(kUsual.begin(), kUsual.end(), tier);
  if (usual != kUsual.end()) return static_cast<int>(usual - kUsual.begin());
  return tier == kNoName ? 4 : tier == kOtherNames ? 5 : 3;
}

// Where each tier has gone.
std::vector<size_t> SortTiers(Report* report) {
  const std::vector<std::string> names = report->series_tiers;
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple(PlaceOf(names[a]), names[a]) < std::tuple(PlaceOf(names[b]), names[b]);
  });
  for (size_t i = 0; i < order.size(); ++i) report->series_tiers[i] = names[order[i]];
  for (DayLine& day : report->days) {
    const auto counts = day.tiers;
    for (size_t i = 0; i < order.size(); ++i) day.tiers[i] = counts[order[i]];
  }
  std::vector<size_t> places(order.size());
  for (size_t i = 0; i < order.size(); ++i) places[order[i]] = i;
  return places;
}

void MakePeriods(Report* report) {
  if (report->days.empty()) return;
  const WallMicros first = report->days.front().begins;
  const int64_t days = (report->days.back().begins - first) / kMicrosADay + 1;
  const auto most = static_cast<int64_t>(kMaxPeriods);
  report->days_a_period = (days + most - 1) / most;
  const WallMicros length = report->days_a_period * kMicrosADay;
  report->periods.resize(
      static_cast<size_t>((days + report->days_a_period - 1) / report->days_a_period));
  for (size_t i = 0; i < report->periods.size(); ++i) {
    DayLine& period = report->periods[i];
    period.begins = first + static_cast<int64_t>(i) * length;
    period.money.group = period.quality.group = FormatWall(period.begins).substr(0, 10);
  }
  for (const DayLine& day : report->days) {
    Merge(day, &report->periods[static_cast<size_t>((day.begins - first) / length)]);
  }
}

}  // namespace

DayLine* DaySeries::DayAt(WallMicros begins) {
  auto found = days_.find(begins);
  if (found != days_.end()) return &found->second;
  if (days_.size() >= kMaxDays) return nullptr;
  DayLine& day = days_[begins];
  day.begins = begins;
  return &day;
}

// A floor in force has no tiers: its models stand for themselves, as in the verdicts on them.
std::string_view DaySeries::WhoAnswered(const SummaryRow& row) {
  const bool by_floor = row.tier.empty() && row.reason.starts_with("floor");
  return by_floor ? row.model : row.tier;
}

size_t DaySeries::TierAt(std::string_view name) {
  if (name.empty()) name = kNoName;
  auto found = std::find(tiers_.begin(), tiers_.end(), name);
  if (found != tiers_.end()) return static_cast<size_t>(found - tiers_.begin());
  if (tiers_.size() < kSeriesTiers) {
    tiers_.emplace_back(tiers_.size() + 1 == kSeriesTiers ? kOtherNames : name);
  }
  return tiers_.size() - 1;
}

bool DaySeries::Add(const SummaryRow& row, const RowCosts& costs) {
  DayLine* day = DayAt(Midnight(row.time));
  if (day == nullptr) {
    ++left_out_;
    return true;
  }
  const size_t tier = row.request() ? TierAt(WhoAnswered(row)) : 0;
  if (row.request()) ++day->tiers[tier];
  if (row.sample() && row.outcome != kProbe) AddVerdict(row, &day->quality);
  measured_.Add(row, day->begins, tier);
  return AddRow(row, costs, &day->money);
}

void DaySeries::Finish(Report* report) && {
  for (auto& [begins, day] : days_) {
    day.money.group = day.quality.group = FormatWall(begins).substr(0, 10);
    report->days.push_back(std::move(day));
  }
  report->series_tiers = std::move(tiers_);
  const std::vector<size_t> places = SortTiers(report);
  report->audit.beyond_series = left_out_;
  MakePeriods(report);
  std::move(measured_).Finish(places, report);
}

}  // namespace weir::ledger
