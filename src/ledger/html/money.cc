#include <fmt/format.h>

#include <algorithm>

#include "ledger/figures.h"
#include "ledger/html/sections.h"
#include "ledger/html/table.h"
#include "ledger/html/text.h"
#include "ledger/line_sum.h"

namespace weir::ledger::html {
namespace {

constexpr size_t kMostRows = 400;

std::string Or(bool known, std::string text) {
  return known ? std::move(text) : "–";
}

std::vector<std::string> Cells(const ReportLine& line, const Report& report, int decimals) {
  const bool known = report.total.with_baseline > 0 && line.compared();
  return {Name(line.group),
          Grouped(line.requests),
          PlainPercent(line.requests, report.total.requests),
          Grouped(line.failed),
          Dollars(line.spent, decimals),
          Dollars(line.overhead(), decimals),
          Or(known, Dollars(line.baseline, decimals)),
          Or(known, Signed(line.saved(), decimals)),
          Or(known, SignedPercent(line.saved().nano, line.baseline.nano)),
          Latency(line.first_token_p50_us),
          Latency(line.total_p50_us)};
}

std::string LinesTable(std::string_view of, const std::vector<ReportLine>& lines,
                       const Report& report) {
  if (lines.empty()) return "";
  const int decimals = DecimalsFor(report.total);
  Table table(fmt::format("By {}", of), {of, "requests", "share", "failed", "spent", "overhead",
                                         "baseline", "saved", "%", "first token p50", "whole p50"});
  ReportLine rest;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i < kMostRows || lines.size() == kMostRows + 1) {
      table.Row(Cells(lines[i], report, decimals));
    } else {
      AddLine(lines[i], &rest);
    }
  }
  if (lines.size() > kMostRows + 1) {
    rest.group = fmt::format("{} more", lines.size() - kMostRows);
    table.Row(Cells(rest, report, decimals));
  }
  if (lines.size() > 1) table.Row(Cells(report.total, report, decimals), "sum");
  return table.Html();
}

// A line of the bill, with how it is known beneath its name.
void Line(std::string_view what, NanoUsd amount, std::string_view how, int decimals, Table* bill,
          std::string_view style = "") {
  bill->Row({fmt::format("{}<small>{}</small>", what, how), Dollars(amount, decimals)}, style);
}

// One that takes something away from it, or adds to it.
void Part(std::string_view what, NanoUsd amount, std::string_view how, int decimals, Table* bill) {
  if (amount.nano != 0) Line(what, amount, how, decimals, bill);
}

void Parts(const ReportLine& total, int decimals, Table* bill) {
  const bool dearer = total.routing_saved().nano < 0;
  Part(dearer ? "what dearer models cost more" : "less what cheaper models saved",
       NanoUsd{-total.routing_saved().nano}, "estimated, as far as the baseline is", decimals,
       bill);
  Part("less what the cache saved", NanoUsd{-total.cache_with_baseline.nano},
       "measured: what the kept answers cost when they were made", decimals, bill);
  Part("attempts that failed and were billed", total.failed_with_baseline, "measured", decimals,
       bill);
  Part("calls to the baseline, to compare with", total.shadow, "measured", decimals, bill);
  Part("judging the comparisons", total.judge, "measured", decimals, bill);
  Part("requests that died with the process", total.lost,
       "an upper bound: what had been reserved for them", decimals, bill);
}

}  // namespace

std::string Bill(const Report& report) {
  const ReportLine& total = report.total;
  if (total.with_baseline == 0) return "";
  const int decimals = DecimalsFor(total);
  Table bill("From the baseline's bill to the one that was paid", {"", "USD"});
  std::string how = "estimated: the same requests at its prices";
  if (total.baseline_low != total.baseline_high) {
    how += fmt::format(", range {}", Range(total.baseline_low, total.baseline_high, decimals));
  }
  Line("The baseline would have cost", total.baseline, how, decimals, &bill);
  Parts(total, decimals, &bill);
  Line("Paid", total.paid(),
       total.with_baseline == total.requests ? "measured"
                                             : "measured, on the requests that are compared",
       decimals, &bill, "sum");
  const std::string checking = CheckingShare(total);
  std::string note =
      checking.empty()
          ? ""
          : fmt::format(
                "<p class=\"note\">Comparing with the baseline cost {} % of what would be "
                "saved without it.</p>",
                checking);
  return "<figure class=\"bill\">" + bill.Html() + note + "</figure>\n";
}

std::string Groups(const Report& report) {
  std::string html = LinesTable(GroupName(report.by), report.lines, report);
  if (report.by != GroupBy::kTier) html += LinesTable("tier", report.tiers, report);
  if (html.empty()) return "";
  return "<h2>Where the money goes</h2>\n" + html;
}

std::string Dearest(const Report& report) {
  if (report.dearest.empty()) return "";
  const int decimals = std::max(DecimalsFor(report.total), 4);
  Table table("By cost",
              {"id", "cost", "baseline", "tokens in", "out", "at (UTC)", "model", "route", "key"},
              4);
  for (const DearRequest& dear : report.dearest) {
    const std::string at = FormatWall(dear.time);
    table.Row({"<code>" + dear.id.ToString() + "</code>", Dollars(dear.cost, decimals),
               dear.baseline_cost ? Dollars(*dear.baseline_cost, decimals) : "–",
               Grouped(dear.prompt_tokens), Grouped(dear.completion_tokens),
               at.substr(0, 10) + " " + at.substr(11, 5), Name(dear.model), Name(dear.route),
               Name(dear.key)});
  }
  return "<h2>The dearest requests</h2>\n" + table.Html() +
         "<p class=\"note\">GET /api/decisions/{id} of the admin plane shows each with all its "
         "reasons and attempts.</p>\n";
}

}  // namespace weir::ledger::html
