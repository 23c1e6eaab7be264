#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "ledger/figures.h"
#include "ledger/html/sections.h"
#include "ledger/html/table.h"
#include "ledger/html/text.h"

namespace weir::ledger::html {
namespace {

constexpr size_t kMostSlices = 40;

std::string FloorText(const QualityLine& line) {
  if (!line.floor) return "–";
  const std::string text =
      fmt::format("{} %: {}", ShareText(*line.floor), StateWords(line.state()));
  return line.state() == FloorState::kBroken ? "<span class=\"neg\">" + text + "</span>" : text;
}

std::string SliceTable(std::string_view of, const std::vector<QualityLine>& lines) {
  const bool floors =
      std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.floor; });
  std::vector<std::string_view> heads = {of,      "compared", "better",  "as good",
                                         "worse", "good",     "interval"};
  if (floors) heads.emplace_back("floor");
  Table table(fmt::format("By {}", of), heads);
  for (size_t i = 0; i < std::min(lines.size(), kMostSlices); ++i) {
    const QualityLine& line = lines[i];
    const std::string interval = Interval(line);
    std::vector<std::string> cells = {Name(line.group),
                                      Grouped(line.judged()),
                                      Grouped(line.wins),
                                      Grouped(line.ties),
                                      Grouped(line.losses),
                                      PlainPercent(line.good(), line.judged()),
                                      interval.empty() ? "–" : interval};
    if (floors) cells.push_back(FloorText(line));
    table.Row(cells);
  }
  std::string more = lines.size() > kMostSlices ? fmt::format("<p class=\"note\">and {} more</p>\n",
                                                              lines.size() - kMostSlices)
                                                : "";
  return table.Html() + more;
}

// Where there is nothing but "(none)" a table says nothing.
bool Told(const std::vector<QualityLine>& lines) {
  return lines.size() > 1 || (!lines.empty() && !lines[0].group.starts_with('('));
}

std::string Feedback(const QualityReport& quality) {
  if (quality.feedback == 0) return "";
  const int64_t hundredths = quality.rating_millionths / quality.feedback / 10'000;
  return fmt::format(
      "<p>Clients gave {} ratings: {}{}.{:02} on average, on a scale from −1 to 1.</p>\n",
      Grouped(quality.feedback), hundredths < 0 ? "−" : "", std::abs(hundredths) / 100,
      std::abs(hundredths) % 100);
}

}  // namespace

std::string Quality(const Report& report) {
  const QualityReport& quality = report.quality;
  if (quality.total.judged() == 0 && quality.feedback == 0) return "";
  std::string html = "<h2>Quality</h2>\n" + Feedback(quality);
  if (quality.total.judged() == 0) return html;
  html += fmt::format(
      "<p>{} answers were compared with the baseline's: {} better, {} as good, {} worse. {} were "
      "told "
      "by the texts alone (equal, equal JSON, equal numbers), {} by the judge.</p>\n",
      Grouped(quality.total.judged()), Grouped(quality.total.wins), Grouped(quality.total.ties),
      Grouped(quality.total.losses), Grouped(quality.exact + quality.json + quality.number),
      Grouped(quality.judge));
  if (Told(quality.routes)) html += SliceTable("route", quality.routes);
  html += "<div class=\"two\">";
  if (Told(quality.tiers)) html += SliceTable("tier", quality.tiers);
  if (Told(quality.tasks)) html += SliceTable("task", quality.tasks);
  if (Told(quality.languages)) html += SliceTable("language", quality.languages);
  return html + "</div>\n";
}

std::string Latencies(const Report& report) {
  if (report.latency.models.empty()) return "";
  constexpr size_t kMostModels = 20;
  Table table("Latency by model", {"model", "answers", "sampled calls", "first token p50", "p95",
                                   "whole answer p50", "p95"});
  const auto& models = report.latency.models;
  for (size_t i = 0; i < std::min(models.size(), kMostModels); ++i) {
    const LatencyLine& line = models[i];
    table.Row({Name(line.group), Grouped(line.requests), Grouped(line.shadow),
               Latency(line.first_token_p50_us), Latency(line.first_token_p95_us),
               Latency(line.total_p50_us), Latency(line.total_p95_us)});
  }
  return "<h2>Latency</h2>\n" + table.Html();
}

}  // namespace weir::ledger::html
