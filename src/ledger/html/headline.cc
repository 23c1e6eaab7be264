#include <fmt/format.h>

#include "ledger/figures.h"
#include "ledger/html/sections.h"
#include "ledger/html/text.h"

namespace weir::ledger::html {
namespace {

struct Tile {
  std::string what, figure, more;
};

std::string TilesOf(std::initializer_list<Tile> tiles) {
  std::string html = "<ul class=\"tiles\">";
  for (const Tile& tile : tiles) {
    html += fmt::format(
        "<li><span class=\"what\">{}</span><b>{}</b><span class=\"more\">{}</span></li>", tile.what,
        tile.figure, tile.more);
  }
  return html + "</ul>\n";
}

bool Ranged(const ReportLine& total) {
  return total.baseline_low != total.baseline_high;
}

std::string GoodFigure(const QualityLine& line) {
  return PlainPercent(line.good(), line.judged());
}

std::string SavingSentence(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  std::string scope = total.with_baseline == total.requests
                          ? "Weir"
                          : fmt::format("On the {} of {} requests that can be compared, Weir",
                                        Grouped(total.with_baseline), Grouped(total.requests));
  std::string range =
      Ranged(total) ? fmt::format(" ({})", Range(total.baseline_low, total.baseline_high, decimals))
                    : "";
  std::string text =
      fmt::format("{} spent <strong>{}</strong> instead of <strong>{}</strong>{}: ", scope,
                  Dollars(total.paid(), decimals), Dollars(total.baseline, decimals), range);
  const std::string percent = PlainPercent(total.saved().nano, total.baseline.nano);
  if (total.saved().nano < 0) {
    return text + fmt::format("<strong class=\"neg\">{} more than the baseline ({})</strong>.",
                              Dollars(NanoUsd{-total.saved().nano}, decimals), percent);
  }
  return text + fmt::format("<strong>{} saved</strong>.", percent);
}

std::string QualitySentence(const QualityLine& line) {
  if (line.judged() == 0) return " Whether the answers were as good was not measured.";
  std::string interval = Interval(line);
  if (!interval.empty()) interval = " (" + interval + ")";
  return fmt::format(
      " Of {} answers compared with the baseline's, <strong>{}</strong>{} were as good or better.",
      Grouped(line.judged()), GoodFigure(line), interval);
}

std::string RequestsIn(const ReportLine& total) {
  return Grouped(total.requests) + (total.requests == 1 ? " request" : " requests");
}

std::string Sentence(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  if (report.audit.rows == 0 && total.requests == 0) return "There were no requests in this time.";
  if (total.with_baseline == 0) {
    return fmt::format(
        "Weir spent <strong>{}</strong> on {}. No saving can be told: no request has a baseline "
        "with a price to be compared with.",
        Dollars(NanoUsd{total.spent.nano + total.overhead().nano}, decimals), RequestsIn(total));
  }
  return SavingSentence(report, decimals) + QualitySentence(report.quality.total);
}

Tile SpentTile(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  const NanoUsd all{total.spent.nano + total.overhead().nano};
  std::string more = "on " + RequestsIn(total);
  if (total.overhead().nano != 0) {
    more += fmt::format(", {} of it Weir's own overhead", Dollars(total.overhead(), decimals));
  }
  return {"Spent", Dollars(all, decimals), std::move(more)};
}

Tile SavedTile(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  if (total.with_baseline == 0) return {"Saved", "–", "no baseline to compare with"};
  std::string more = SignedPercent(total.saved().nano, total.baseline.nano);
  if (Ranged(total)) {
    more += fmt::format(", range {}", Range(total.saved_low(), total.saved_high(), decimals));
  }
  return {total.saved().nano < 0 ? "Lost" : "Saved", Signed(total.saved(), decimals),
          std::move(more)};
}

Tile QualityTile(const QualityReport& quality) {
  const QualityLine& line = quality.total;
  if (line.judged() == 0) return {"As good or better", "–", "not measured: no samples"};
  std::string interval = Interval(line);
  std::string more = interval.empty() ? std::string() : interval + ", ";
  more += fmt::format("of {} compared", Grouped(line.judged()));
  if (line.floor) {
    more += fmt::format("; floor {} %: {}", ShareText(*line.floor), StateWords(line.state()));
  }
  return {"As good or better", GoodFigure(line), std::move(more)};
}

std::string Alarms(const Report& report) {
  std::string html;
  for (const std::string& alarm : report.alarms) {
    html += fmt::format("<p class=\"alarm\" role=\"note\"><strong>Alarm:</strong> {}</p>\n",
                        Escape(alarm));
  }
  for (const QualityLine& route : report.quality.routes) {
    if (route.state() != FloorState::kBroken) continue;
    html += fmt::format(
        "<p class=\"alarm\" role=\"note\"><strong>Under its floor:</strong> route {}: a request "
        "loses {} % on the mean ({} to {} %), the floor of {} % allows {} %.</p>\n",
        Name(route.group), LossText(*route.loss), LossText(*route.loss_low),
        LossText(*route.loss_high), ShareText(*route.floor), LossText(*route.allowed));
  }
  return html;
}

}  // namespace

std::string Headline(const Report& report) {
  // Cents where there are dollars.
  const int decimals = DecimalsFor(report.total) <= 4 ? 2 : 4;
  return "<p class=\"lead\">" + Sentence(report, decimals) + "</p>\n" + Alarms(report) +
         TilesOf({SpentTile(report, decimals), SavedTile(report, decimals),
                  QualityTile(report.quality)});
}

}  // namespace weir::ledger::html
