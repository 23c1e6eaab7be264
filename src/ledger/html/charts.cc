#include "ledger/html/charts.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/day_series.h"
#include "ledger/figures.h"
#include "ledger/html/figure.h"
#include "ledger/html/plot.h"
#include "ledger/html/text.h"
#include "ledger/line_sum.h"

namespace weir::ledger::html {
namespace {

constexpr size_t kMostBars = 8;
std::string Every(const Report& report) {
  return EveryDays(report.days_a_period);
}

// A short last period falls off for no other reason.
std::string ShortLast(const Report& report) {
  const WallMicros last = report.days.back().begins;
  const int64_t days = (last - report.periods.back().begins) / kMicrosADay + 1;
  if (days == report.days_a_period) return "";
  return fmt::format("The last point stands for {} of {} days.", days, report.days_a_period);
}

std::vector<std::string> PeriodNames(const Report& report) {
  std::vector<std::string> names;
  for (const DayLine& period : report.periods)
    names.push_back(ShortDay(period.begins, report.days_a_period > 2));
  return names;
}

template <class Of>
std::vector<int64_t> ValuesOf(const std::vector<DayLine>& periods, Of of) {
  std::vector<int64_t> values;
  for (const DayLine& period : periods) values.push_back(of(period.money));
  return values;
}

int64_t Largest(std::span<const int64_t> values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

int64_t Smallest(std::span<const int64_t> values) {
  return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
}

std::vector<int64_t> Cumulated(std::vector<int64_t> values) {
  for (size_t i = 1; i < values.size(); ++i) values[i] += values[i - 1];
  return values;
}

NanoUsd PaidFor(const ReportLine& line) {
  return NanoUsd{line.spent.nano + line.overhead().nano};
}

std::string CostChart(std::string_view of, std::vector<ReportLine> lines, int decimals) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return PaidFor(a) > PaidFor(b); });
  const size_t shown = lines.size() > kMostBars + 1 ? kMostBars : lines.size();
  std::vector<NamedBar> bars;
  ReportLine rest;
  for (size_t i = 0; i < lines.size(); ++i) {
    const NanoUsd paid = PaidFor(lines[i]);
    if (i < shown) bars.push_back({lines[i].group, Dollars(paid, decimals), paid.nano});
    if (i >= shown) AddLine(lines[i], &rest);
  }
  if (shown < lines.size()) {
    const NanoUsd paid = PaidFor(rest);
    bars.push_back({fmt::format("{} others", lines.size() - shown), Dollars(paid, decimals),
                    paid.nano, "rest"});
  }
  const std::string title = fmt::format("Cost by {}", of);
  return Figure(title, {},
                BarChart(fmt::format("cost-{}", of), title,
                         "Spent on requests, with Weir's overhead for them.", bars));
}

}  // namespace

std::string SpendChart(const Report& report) {
  if (report.periods.empty()) return "";
  const bool compared = report.total.with_baseline > 0;
  const auto paid = ValuesOf(report.periods, [&](const ReportLine& line) {
    return compared ? line.paid().nano : line.spent.nano + line.overhead().nano;
  });
  const auto base = ValuesOf(report.periods, [](const auto& line) { return line.baseline.nano; });
  const auto low =
      ValuesOf(report.periods, [](const auto& line) { return line.baseline_low.nano; });
  const auto high =
      ValuesOf(report.periods, [](const auto& line) { return line.baseline_high.nano; });
  Plot plot(std::min<int64_t>(Smallest(paid), 0),
            std::max({Largest(paid), Largest(base), Largest(high)}), report.periods.size());
  plot.Grid(TickDollars);
  plot.Names(PeriodNames(report));
  std::vector<Key> keys = {{"spend", "spent, overhead included"}};
  if (compared) {
    const bool ranged = report.total.baseline_low != report.total.baseline_high;
    if (ranged) plot.Band("base", low, high);
    plot.Line("base", base);
    keys.push_back({"base", ranged ? "the baseline would have cost (band: its range)"
                                   : "the baseline would have cost"});
  }
  plot.Line("spend", paid);
  const std::string title = "Spent " + Every(report);
  return Figure(
      title, keys,
      std::move(plot).Svg("spend", title, "What was spent, and what the baseline would have cost."),
      ShortLast(report));
}

std::string SavingChart(const Report& report) {
  if (report.periods.empty() || report.total.with_baseline == 0) return "";
  auto sums = [&](NanoUsd (ReportLine::*of)() const) {
    return Cumulated(ValuesOf(report.periods, [&](const auto& line) { return (line.*of)().nano; }));
  };
  const auto saved = sums(&ReportLine::saved);
  const auto low = sums(&ReportLine::saved_low);
  const auto high = sums(&ReportLine::saved_high);
  Plot plot(std::min<int64_t>({Smallest(saved), Smallest(low), 0}),
            std::max<int64_t>({Largest(saved), Largest(high), 0}), report.periods.size());
  plot.Grid(TickDollars);
  plot.Names(PeriodNames(report));
  const bool ranged = report.total.baseline_low != report.total.baseline_high;
  if (ranged) plot.Band("range", low, high);
  plot.Balance("saving", saved);
  const std::string title = "Saved so far";
  std::vector<Key> keys = {{"gain", ranged ? "saved (darker: its range)" : "saved"}};
  if (Smallest(saved) < 0) keys.push_back({"loss", "lost"});
  return Figure(title, keys,
                std::move(plot).Svg("saving", title,
                                    "What was saved since the first day, net of every overhead."));
}

std::string TierChart(const Report& report) {
  if (report.periods.empty() || report.total.requests == 0) return "";
  Plot plot(0, kWhole, report.periods.size());
  plot.Grid(PercentTick);
  plot.Names(PeriodNames(report));
  for (size_t column = 0; column < report.periods.size(); ++column) {
    const DayLine& period = report.periods[column];
    StackShares(period.tiers, period.money.requests, column, &plot);
  }
  std::vector<Key> keys;
  for (size_t i = 0; i < report.series_tiers.size(); ++i) {
    keys.push_back({kTierStyles[i], report.series_tiers[i]});
  }
  const std::string title = "Share of requests by tier, " + Every(report);
  return Figure(title, keys, std::move(plot).Svg("tiers", title, "Shares of requests by tier."));
}

std::string LatencyChart(const Report& report) {
  const LatencyReport& latency = report.latency;
  if (!latency.routed.measured() && !latency.baseline.measured()) return "";
  std::vector<NamedBar> bars;
  auto add = [&](std::string_view what, int64_t LatencyLine::* of) {
    auto value = [](std::string_view who, int64_t micros) {
      return fmt::format("{} {}", who, micros < 0 ? "not measured" : Latency(micros));
    };
    const int64_t routed = latency.routed.*of, base = latency.baseline.*of;
    bars.push_back({std::string(what), value("routed", routed), routed, "spend"});
    bars.push_back({"", value("baseline", base), base, "base"});
  };
  add("first token p50", &LatencyLine::first_token_p50_us);
  add("first token p95", &LatencyLine::first_token_p95_us);
  add("whole answer p50", &LatencyLine::total_p50_us);
  add("whole answer p95", &LatencyLine::total_p95_us);
  const std::string title = "Latency, routed answers beside the baseline's";
  const std::string note = fmt::format(
      "Measured on {} routed answers; the baseline's on {} that it gave to clients and {} sampled "
      "calls. Answers from the cache do not count.",
      Grouped(latency.routed.requests), Grouped(latency.baseline.requests),
      Grouped(latency.baseline.shadow));
  return Figure(title, {{"spend", "routed"}, {"base", "baseline"}},
                BarChart("latency", title, "Median and 95th percentile.", bars), note);
}

std::string CostCharts(const Report& report) {
  const int decimals = DecimalsFor(report.total);
  std::string charts;
  if (!report.keys.empty()) charts += CostChart("key", report.keys, decimals);
  if (!report.teams.empty()) charts += CostChart("team", report.teams, decimals);
  const bool shown = report.by == GroupBy::kDay || report.by == GroupBy::kKey ||
                     report.by == GroupBy::kTeam || report.lines.empty();
  return shown ? charts : charts + CostChart(GroupName(report.by), report.lines, decimals);
}

}  // namespace weir::ledger::html
