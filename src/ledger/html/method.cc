#include <fmt/format.h>

#include "ledger/figures.h"
#include "ledger/html/sections.h"
#include "ledger/html/table.h"
#include "ledger/html/text.h"

namespace weir::ledger::html {
namespace {

class List {
 public:
  void Add(std::string_view html) { html_ += fmt::format("<li>{}</li>", html); }
  std::string Html() const { return "<ul class=\"plain\">" + html_ + "</ul>"; }

 private:
  std::string html_;
};

std::string Measured(const Report& report) {
  List list;
  list.Add(
      "<b>Spent</b>: tokens as the providers counted them, times the prices in force, rounded "
      "once per attempt to a billionth of a dollar; failed attempts that were billed are in "
      "it, and so is what leaving a warm prompt cache cost.");
  list.Add(
      "<b>Overhead</b>: calls to the baseline and to the judge that Weir made to compare. They "
      "are not in “spent” and are taken off the saving.");
  list.Add(
      "<b>Saved by the cache</b>: what the answers that were given again would have cost their "
      "model "
      "once more, long prompts at the price of cached ones where they came again within minutes.");
  list.Add("<b>Latency</b>: from the whole request to the first token and to the end.");
  if (report.quality.total.judged() > 0) {
    list.Add("<b>Verdicts</b>: counted; the share is that of the sample.");
  }
  return "<div><h3>Measured</h3>" + list.Html() + "</div>";
}

std::string Estimated(const Report& report) {
  List list;
  list.Add(
      "<b>Baseline</b>: nobody made these calls. The same request at the baseline’s prices; "
      "where it has a range, its answer’s length and its prompt cache are what is uncertain.");
  list.Add(
      "<b>Saved</b>: baseline − spent − overhead, over the requests that have both. It is as "
      "uncertain as the baseline, and can be negative.");
  if (report.audit.estimated > 0) {
    list.Add(fmt::format("<b>Tokens</b> of {} requests: their provider sent no count.",
                         Grouped(report.audit.estimated)));
  }
  if (report.quality.total.low) {
    list.Add(
        "<b>Interval</b>: where the true share lies, as the sample tells it; looking at it "
        "often does not spoil it.");
  }
  if (report.total.lost_requests > 0) {
    list.Add(
        fmt::format("<b>Lost</b>: {} requests died with the process; they count at what had "
                    "been reserved for them, the most that they can have cost.",
                    Grouped(report.total.lost_requests)));
  }
  return "<div><h3>Estimated</h3>" + list.Html() + "</div>";
}

std::string NotKnown(const ReportLine& total) {
  List list;
  if (total.unpriced > 0) {
    list.Add(
        fmt::format("{} requests went to a model without a price: their cost is not known in "
                    "full and they are not in the saving.",
                    Grouped(total.unpriced)));
  }
  if (total.unpriced_samples > 0) {
    list.Add(
        fmt::format("{} samples used a model without a price: the overhead is higher, and the "
                    "saving lower, than shown.",
                    Grouped(total.unpriced_samples)));
  }
  if (total.with_baseline < total.requests) {
    list.Add(fmt::format("{} of {} requests have no baseline to be compared with.",
                         Grouped(total.requests - total.with_baseline), Grouped(total.requests)));
  }
  if (total.unpriced == 0 && total.unpriced_samples == 0 && total.with_baseline == total.requests) {
    return "";
  }
  return "<div><h3>Not known</h3>" + list.Html() + "</div>";
}

void Sum(std::string_view what, NanoUsd amount, std::string_view how, Table* table) {
  std::string exact = FormatUsd(amount);
  if (exact.starts_with('-')) exact = "<span class=\"neg\">−" + exact.substr(1) + "</span>";
  table->Row({std::string(what), std::move(exact), std::string(how)});
}

std::string Sums(const ReportLine& total) {
  Table table("Exact sums, USD", {"sum", "USD", "how"}, 1);
  Sum("spent", total.spent, "requests, all attempts", &table);
  Sum("of it failed attempts", total.failed_attempts, "attempts without a whole answer", &table);
  Sum("shadow", total.shadow, "samples, less their judge", &table);
  Sum("judge", total.judge, "attempts with the role “judge”", &table);
  Sum("lost", total.lost, "rows of the kind “lost”", &table);
  Sum("cache", total.cache_saved, "hits, at the cost of the kept answer", &table);
  if (total.with_baseline > 0) {
    Sum("baseline", total.baseline, "requests with a counterfactual and a known cost", &table);
    Sum("baseline, at least", total.baseline_low, "likewise", &table);
    Sum("baseline, at most", total.baseline_high, "likewise", &table);
    Sum("spent on those", total.spent_with_baseline, "the same requests", &table);
    Sum("saved", total.saved(), "baseline − spent on those − shadow − judge − lost", &table);
    Sum("of it routing", total.routing_saved(),
        "baseline − spent on those + their failed attempts − their cache", &table);
  }
  return table.Html();
}

}  // namespace

std::string Method(const Report& report) {
  return "<h2>What is measured, and what is estimated</h2>\n<div class=\"two\">" +
         Measured(report) + Estimated(report) + NotKnown(report.total) + "</div>\n";
}

std::string AuditOf(const Report& report) {
  const Audit& audit = report.audit;
  Table counts("Rows of the ledger", {"what", "count"});
  const int64_t requests = audit.rows - audit.samples - audit.feedback - audit.lost;
  for (auto [what, count] : {std::pair("rows", audit.rows), std::pair("requests", requests),
                             std::pair("samples", audit.samples),
                             std::pair("samples without a verdict", audit.undecided),
                             std::pair("feedback", audit.feedback), std::pair("lost", audit.lost),
                             std::pair("samples and feedback without their request", audit.orphans),
                             std::pair("attempts", audit.attempts),
                             std::pair("rows whose cost is not their attempts’ sum", audit.unequal),
                             std::pair("requests with estimated tokens", audit.estimated),
                             std::pair("requests whose baseline has a range", audit.with_range),
                             std::pair("cache hits", report.total.cache_hits)}) {
    counts.Row({what, Grouped(count)});
  }
  std::string html = "<h2>For the auditor</h2>\n<div class=\"two\">" + Sums(report.total) +
                     counts.Html() + "</div>\n";
  if (audit.rows > 0) {
    html += fmt::format(
        "<p class=\"note\">From <code>{}</code> to <code>{}</code>, which GET "
        "/api/decisions/{{id}} "
        "of the admin plane shows. The lines by {}, by tier and by day were each added up and are "
        "equal to the total; the attempts’ costs come to {} USD.</p>\n",
        audit.first.ToString(), audit.last.ToString(), GroupName(report.by),
        FormatUsd(audit.attempts_cost));
  }
  return html;
}

}  // namespace weir::ledger::html
