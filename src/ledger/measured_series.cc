#include "ledger/measured_series.h"

#include <algorithm>
#include <tuple>

#include "ledger/day_series.h"
#include "ledger/quality_tally.h"

namespace weir::ledger {
namespace {

constexpr int64_t kFewestAPoint = 10;  // verdicts, on the mean
constexpr int64_t kFewestPoints = 4;

// Days that a point stands for, so that it rests on some verdicts and there still is a curve.
int64_t DaysAPoint(int64_t verdicts, int64_t days, int64_t least) {
  const int64_t wanted = (kFewestAPoint * days + verdicts - 1) / std::max<int64_t>(verdicts, 1);
  return std::max({least, std::min(wanted, days / kFewestPoints), int64_t{1}});
}

}  // namespace

void MeasuredSeries::Add(const SummaryRow& row, WallMicros day, size_t tier) {
  if (row.request()) AddRequest(row, day, tier);
  if (row.sample()) AddSample(row, day);
}

void MeasuredSeries::AddRequest(const SummaryRow& row, WallMicros day, size_t tier) {
  if (row.route.empty()) return;
  auto route = routes_.find(row.route);
  if (route == routes_.end()) {
    if (routes_.size() >= kMaxMeasuredTiers) return;
    route = routes_.emplace(std::string(row.route), RouteDays()).first;
  }
  RouteDay& line = route->second[day];
  ++line.requests;
  ++line.tiers[tier];
  line.handed_up += row.reason == kHandedUp ? 1 : 0;
}

void MeasuredSeries::AddSample(const SummaryRow& row, WallMicros day) {
  const std::optional<int> net_loss = NetLossOf(row);
  if (!net_loss || !row.own) return;
  const Name name(row.route, row.own_tier.empty() ? row.tier : row.own_tier);
  if (tiers_.size() >= kMaxMeasuredTiers && !tiers_.contains(name)) {
    ++left_out_;
    return;
  }
  TierDay& line = tiers_[name][day];
  const auto count = [&row, requests = 1 / row.sampled](KeptQuality* kept, bool served, int lost) {
    kept->Add(served, lost, requests);
    AddChance(row, requests, &kept->sums);
  };
  count(&line.model, true, *net_loss);
  if (row.outcome != kProbe) return count(&line.clients, true, *net_loss);
  ++line.probes;
  if (row.model != row.baseline) {
    ++line.elsewhere;
    return;
  }
  ++line.by_baseline;
  count(&line.clients, false, 0);
}

void MeasuredSeries::AddTo(MeasuredPoint* point, const TierDay& day) {
  point->clients.Add(day.clients);
  point->model.Add(day.model);
  point->by_baseline += day.by_baseline;
  point->probes += day.probes;
  point->elsewhere += day.elsewhere;
}

MeasuredTier MeasuredSeries::Drawn(const Name& name, const TierDays& days, const Report& report,
                                   std::span<const size_t> places) const {
  MeasuredTier drawn{name.first, name.second, {}, 0, 1, {}};
  for (const auto& [begins, day] : days) drawn.verdicts += day.model.judged();
  const WallMicros first = report.days.front().begins;
  const int64_t span = (report.days.back().begins - first) / kMicrosADay + 1;
  drawn.days_a_point = DaysAPoint(drawn.verdicts, span, report.days_a_period);
  const WallMicros length = drawn.days_a_point * kMicrosADay;
  drawn.points.resize(static_cast<size_t>((span + drawn.days_a_point - 1) / drawn.days_a_point));
  for (size_t i = 0; i < drawn.points.size(); ++i) {
    drawn.points[i].begins = first + static_cast<int64_t>(i) * length;
  }
  const auto at = [&](WallMicros begins) {
    return &drawn.points[static_cast<size_t>((begins - first) / length)];
  };
  for (const auto& [begins, day] : days) AddTo(at(begins), day);
  const auto route = routes_.find(name.first);
  if (route == routes_.end()) return drawn;
  for (const auto& [begins, day] : route->second) {
    MeasuredPoint* point = at(begins);
    point->requests += day.requests;
    point->handed_up += day.handed_up;
    for (size_t i = 0; i < places.size(); ++i) point->tiers[places[i]] += day.tiers[i];
  }
  return drawn;
}

void MeasuredSeries::Finish(std::span<const size_t> places, Report* report) && {
  QualityReport& quality = report->quality;
  quality.verdicts_beyond_measured = left_out_;
  for (const auto& [name, days] : tiers_) {
    quality.measured.push_back(Drawn(name, days, *report, places));
  }
  std::sort(quality.measured.begin(), quality.measured.end(), [](const auto& a, const auto& b) {
    return std::tie(b.verdicts, a.route, a.tier) < std::tie(a.verdicts, b.route, b.tier);
  });
}

}  // namespace weir::ledger
