// A panel a measured tier: what clients got and what the tier's model says, with the floor; below
// it, on the same days, who answered the route's requests.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "ledger/day_series.h"
#include "ledger/figures.h"
#include "ledger/html/charts.h"
#include "ledger/html/figure.h"
#include "ledger/html/text.h"

namespace weir::ledger::html {
namespace {

constexpr size_t kMostPanels = 4;
constexpr size_t kNameBytes = 40;
constexpr PlotFrame kUpper = {.bottom = 1900, .height = 1990};
constexpr PlotFrame kLower = {.bottom = 960, .height = 1240, .step = kWhole / 2};
constexpr int64_t kLowest = 0, kHighest = kWhole * 3 / 2;  // that are drawn
constexpr int64_t kBeside = 30;  // tenths: the model's mark stands beside the clients'

using Points = std::vector<MeasuredPoint>;

bool Probed(const Points& points) {
  return std::ranges::any_of(points, [](const auto& point) { return point.probes > 0; });
}

struct Range {
  int64_t low = kWhole * 9 / 10, high = kWhole;
};

Range RangeOf(const MeasuredTier& tier) {
  Range range;
  const auto see = [&range](const std::optional<double>& share) {
    if (!share) return;
    range.low = std::min(range.low, Millionths(*share));
    range.high = std::max(range.high, Millionths(*share));
  };
  see(tier.floor);
  for (const MeasuredPoint& point : tier.points) {
    for (const auto& share : {point.clients.share, point.clients.low, point.clients.high}) {
      see(share);
    }
    if (point.probes == 0) continue;
    for (const auto& share : {point.model.share, point.model.low, point.model.high}) see(share);
  }
  return {std::max(range.low, kLowest), std::min(range.high, kHighest)};
}

void ShadeHandedUp(const Points& points, Plot* plot) {
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].handed_up == 0) continue;
    plot->Shade("up", i, 5 + 35 * points[i].handed_up / points[i].requests);
  }
}

// Held to what the plot shows.
int64_t PlaceOf(double share, const Range& range) {
  return std::clamp(Millionths(share), range.low, range.high);
}

void DrawKept(std::string_view style, const KeptQuality& kept, size_t column, int64_t beside,
              const Range& range, Plot* plot) {
  const auto at = [&range](double share) { return PlaceOf(share, range); };
  if (kept.low) plot->Whisker(style, column, at(*kept.low), at(*kept.high), beside);
  plot->Dot(style, column, at(*kept.share), beside);
}

std::optional<int64_t> PlaceOf(const KeptQuality& kept, const Range& range) {
  if (!kept.share) return std::nullopt;
  return PlaceOf(*kept.share, range);
}

void DrawClients(const MeasuredTier& tier, const Range& range, Plot* plot) {
  std::vector<std::optional<int64_t>> line;
  for (const MeasuredPoint& point : tier.points) line.push_back(PlaceOf(point.clients, range));
  plot->Path("gain", line);
  for (size_t i = 0; i < line.size(); ++i) {
    if (!line[i]) continue;
    const KeptQuality& clients = tier.points[i].clients;
    const bool under = tier.floor && *clients.share < *tier.floor;
    DrawKept(under ? "loss" : "gain", clients, i, 0, range, plot);
  }
}

// Where it is another figure than the clients', and to the points beside that it leaves and meets.
void DrawModel(const Points& points, const Range& range, Plot* plot) {
  std::vector<std::optional<int64_t>> line(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    const bool drawn = points[i].probes > 0 || (i > 0 && points[i - 1].probes > 0) ||
                       (i + 1 < points.size() && points[i + 1].probes > 0);
    if (drawn) line[i] = PlaceOf(points[i].model, range);
  }
  plot->Path("probe", line);
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].probes == 0 || !line[i]) continue;
    DrawKept("probe", points[i].model, i, kBeside, range, plot);
  }
}

std::string Upper(const MeasuredTier& tier, const std::string& id, const std::string& title) {
  const Range range = RangeOf(tier);
  PlotFrame frame = kUpper;
  if (range.high - range.low > kWhole * 6 / 10) frame.step = kWhole / 4;
  Plot plot(range.low, range.high, tier.points.size(), frame);
  ShadeHandedUp(tier.points, &plot);
  plot.Grid(PercentTick);
  if (tier.floor) plot.Rule("floor", Millionths(*tier.floor));
  if (Probed(tier.points)) DrawModel(tier.points, range, &plot);
  DrawClients(tier, range, &plot);
  return std::move(plot).Svg(
      id, title, "The share of the baseline's quality by the samples, with its interval.");
}

std::string Lower(const MeasuredTier& tier, const std::string& id, const std::string& title) {
  Plot plot(0, kWhole, tier.points.size(), kLower);
  ShadeHandedUp(tier.points, &plot);
  plot.Grid(PercentTick);
  std::vector<std::string> names;
  for (size_t i = 0; i < tier.points.size(); ++i) {
    const MeasuredPoint& point = tier.points[i];
    StackShares(point.tiers, point.requests, i, &plot);
    names.push_back(ShortDay(point.begins, tier.days_a_point > 2));
    if (point.handed_up == 0) continue;
    plot.Mark("up", i, 30 + 140 * point.handed_up / point.requests,
              fmt::format("{}: {} of {} requests handed upwards", names.back(),
                          Grouped(point.handed_up), Grouped(point.requests)));
  }
  plot.Names(names);
  return std::move(plot).Svg(id, title, "Shares of the route's requests by tier.");
}

std::vector<Key> UpperKeys(const MeasuredTier& tier) {
  const bool by_baseline = std::ranges::any_of(
      tier.points, [](const MeasuredPoint& point) { return point.by_baseline > 0; });
  const bool whiskers = std::ranges::any_of(
      tier.points, [](const MeasuredPoint& point) { return point.clients.low.has_value(); });
  std::vector<Key> keys = {{"gain", "what clients got"}};
  if (by_baseline) keys[0].words += " (the baseline's own answers lose nothing)";
  if (Probed(tier.points)) {
    keys.push_back({"probe", "what the tier's model would have given"});
  }
  if (tier.floor) {
    keys.push_back({"loss", "under the floor"});
    keys.push_back({"floor", fmt::format("floor {} %", ShareText(*tier.floor))});
  }
  if (whiskers) keys.push_back({"bar", "95 % interval of the point"});
  return keys;
}

std::vector<Key> LowerKeys(const MeasuredTier& tier, const std::vector<std::string>& names) {
  std::vector<Key> keys;
  bool handed_up = false;
  for (size_t i = 0; i < names.size(); ++i) {
    const bool used = std::ranges::any_of(
        tier.points, [i](const MeasuredPoint& point) { return point.tiers[i] > 0; });
    if (used) keys.push_back({kTierStyles[i], names[i]});
  }
  for (const MeasuredPoint& point : tier.points) handed_up = handed_up || point.handed_up > 0;
  if (handed_up)
    keys.push_back({"up", "handed upwards because of quality (the stronger the tint, the more)"});
  return keys;
}

// What happened, in words.
std::string Story(const MeasuredTier& tier) {
  int64_t handed_up = 0, requests = 0, elsewhere = 0;
  const MeasuredPoint *first = nullptr, *last = nullptr;
  for (const MeasuredPoint& point : tier.points) {
    handed_up += point.handed_up;
    requests += point.requests;
    elsewhere += point.elsewhere;
    if (point.handed_up == 0) continue;
    if (first == nullptr) first = &point;
    last = &point;
  }
  if (first == nullptr) return "";
  const bool year = tier.days_a_point > 2;
  const WallMicros end = last->begins + (tier.days_a_point - 1) * kMicrosADay;
  std::string text = fmt::format(
      "{} of the route's {} requests were handed upwards because of quality, from {} to {}.",
      Grouped(handed_up), Grouped(requests), ShortDay(first->begins, year), ShortDay(end, year));
  if (elsewhere > 0) {
    text +=
        " Where another tier than the baseline's took them, what clients got is not in this "
        "tier's curve.";
  }
  return text;
}

std::string Panel(const MeasuredTier& tier, size_t number, const std::vector<std::string>& names) {
  const std::string id = fmt::format("quality-{}", number);
  const std::string title =
      fmt::format("Quality {}, route {}, tier {}: share of the baseline's that answers keep",
                  EveryDays(tier.days_a_point), Utf8Prefix(tier.route, kNameBytes),
                  Utf8Prefix(tier.tier, kNameBytes));
  const std::string below = fmt::format("Who answered route {}, share of its requests by tier",
                                        Utf8Prefix(tier.route, kNameBytes));
  return Figure(title, UpperKeys(tier),
                Upper(tier, id, title) + "<p class=\"sub\">" + Escape(below) + "</p>" +
                    Legend(LowerKeys(tier, names)) + Lower(tier, id + "-tiers", below),
                Story(tier), "tall");
}

}  // namespace

std::string QualityCharts(const Report& report) {
  const std::vector<MeasuredTier>& measured = report.quality.measured;
  const size_t shown = std::min(measured.size(), kMostPanels);
  std::string html;
  for (size_t i = 0; i < shown; ++i) html += Panel(measured[i], i, report.series_tiers);
  if (shown < measured.size() || report.quality.verdicts_beyond_measured > 0) {
    html += Figure("More measured tiers", {}, "",
                   fmt::format("{} have fewer verdicts and no chart here; --format json has up to "
                               "{} of them by day, and the tables below have them in sum.",
                               report.quality.verdicts_beyond_measured > 0
                                   ? std::string("Others")
                                   : fmt::format("{} others", measured.size() - shown),
                               kMaxMeasuredTiers));
  }
  return html;
}

}  // namespace weir::ledger::html
