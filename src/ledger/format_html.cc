#include <fmt/format.h>

#include "ledger/html/charts.h"
#include "ledger/html/sections.h"
#include "ledger/html/style.h"
#include "ledger/html/text.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

std::string Moment(WallMicros time) {
  const std::string text = FormatWall(time);
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string Period(const Report& report) {
  const std::string since = report.since <= 0 ? "the beginning" : Moment(report.since);
  return fmt::format("{} to {} UTC", since, Moment(report.until));
}

std::string Baselines(const Report& report) {
  std::string names;
  for (const std::string& name : report.baselines) {
    names += (names.empty() ? "" : ", ") + html::Name(name);
  }
  return names.empty() ? "" : " · baseline: " + names;
}

std::string Head(const Report& report) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>Weir report, {}</title>\n<style>{}</style></head>\n",
      html::ContentPolicy(), Period(report), html::StyleSheet());
}

std::string Charts(const Report& report) {
  const std::string charts = html::Bill(report) + html::SpendChart(report) +
                             html::SavingChart(report) + html::TierChart(report) +
                             html::QualityCharts(report) + html::CostCharts(report) +
                             html::LatencyChart(report);
  return charts.empty() ? "" : "<div class=\"charts\">\n" + charts + "</div>\n";
}

}  // namespace

std::string FormatHtml(const Report& report) {
  return Head(report) + "<body><main>\n<header><h1>Weir report</h1><p class=\"soft\">" +
         Period(report) + Baselines(report) + "</p></header>\n" + html::Headline(report) +
         Charts(report) + html::Groups(report) + html::Quality(report) + html::Latencies(report) +
         html::Dearest(report) + html::Method(report) + html::AuditOf(report) +
         "</main></body></html>\n";
}

}  // namespace weir::ledger
