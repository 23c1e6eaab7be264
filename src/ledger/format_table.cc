#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ledger/figures.h"
#include "ledger/report.h"
#include "ledger/text_grid.h"

namespace weir::ledger {
namespace {

constexpr size_t kNameBytes = 48;
constexpr size_t kMostLines = 10;  // of what was not asked for by name

std::string Moment(WallMicros time) {
  std::string text = FormatWall(time);
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string Period(const Report& report) {
  std::string since = report.since <= 0 ? "the beginning" : Moment(report.since);
  return fmt::format("weir report: {} to {} UTC\n\n", since, Moment(report.until));
}

std::string Requests(const ReportLine& total) {
  std::string failed = total.failed == 0 ? "none failed"
                                         : fmt::format("{} failed ({} %)", Grouped(total.failed),
                                                       Percent(total.failed, total.requests));
  return fmt::format("  requests  {}, {}\n", Grouped(total.requests), failed);
}

std::string Tiers(const Report& report) {
  std::string shares;
  for (const ReportLine& tier : report.tiers) {
    shares +=
        fmt::format("{}{} {} %", shares.empty() ? "" : ", ", Printable(tier.group, kNameBytes),
                    Percent(tier.requests, report.total.requests));
  }
  return shares.empty() ? "" : "  tiers     " + shares + "\n";
}

std::string TokenCount(int64_t tokens, std::string_view direction, int64_t part,
                       std::string_view part_name) {
  std::string text = fmt::format("{} {}", Grouped(tokens), direction);
  std::string share = part == 0 ? "" : Percent(part, tokens);
  return share.empty() ? text : fmt::format("{} ({} % {})", text, share, part_name);
}

std::string TokensOf(const ReportLine& total) {
  return fmt::format(
      "  tokens    {}, {}\n", TokenCount(total.prompt_tokens, "in", total.cached_tokens, "cached"),
      TokenCount(total.completion_tokens, "out", total.reasoning_tokens, "reasoning"));
}

std::string BaselineNames(const Report& report) {
  std::string names;
  for (const std::string& name : report.baselines) {
    names += (names.empty() ? "" : ", ") + Printable(name, kNameBytes);
  }
  return names;
}

// Nothing where it is one figure.
std::string Range(NanoUsd low, NanoUsd high, int decimals) {
  if (low == high) return "";
  return fmt::format(", range {} to {}", UsdRounded(low, decimals), UsdRounded(high, decimals));
}

// The saving's parts, which add up to it.
std::string Parts(const ReportLine& total, int decimals) {
  std::string parts;
  int count = 0;
  auto add = [&](std::string_view name, NanoUsd amount) {
    if (amount.nano == 0) return;
    ++count;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", name, UsdRounded(amount, decimals));
  };
  auto take = [&](std::string_view name, NanoUsd amount) { add(name, NanoUsd{-amount.nano}); };
  add("routing", total.routing_saved());
  add("cache", total.cache_with_baseline);
  take("failed attempts", total.failed_with_baseline);
  take("shadow", total.shadow);
  take("judge", total.judge);
  take("lost", total.lost);
  return count < 2 ? "" : "            " + parts + "\n";
}

std::string Savings(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  if (total.with_baseline == 0) {
    return "  baseline  no baseline: no request has a priced model to be compared with\n";
  }
  std::string scope = total.with_baseline == total.requests
                          ? ""
                          : fmt::format(", for {} of {} requests", Grouped(total.with_baseline),
                                        Grouped(total.requests));
  std::string percent = Percent(total.saved().nano, total.baseline.nano);
  return fmt::format("  baseline  {} with {}{}{}\n  saved     {}{}{}\n",
                     UsdRounded(total.baseline, decimals), BaselineNames(report), scope,
                     Range(total.baseline_low, total.baseline_high, decimals),
                     UsdRounded(total.saved(), decimals),
                     percent.empty() ? "" : fmt::format(" ({} %)", percent),
                     Range(total.saved_low(), total.saved_high(), decimals)) +
         Parts(total, decimals);
}

std::string Overhead(const ReportLine& total, int decimals) {
  if (total.overhead().nano == 0) return "";
  return fmt::format("  overhead  {}: shadow {}, judge {}, lost {}\n",
                     UsdRounded(total.overhead(), decimals), UsdRounded(total.shadow, decimals),
                     UsdRounded(total.judge, decimals), UsdRounded(total.lost, decimals));
}

std::string Unpriced(const ReportLine& total) {
  if (total.unpriced == 0) return "";
  return fmt::format(
      "  note      {} {} unpriced: the cost is not known in full and not in the saving\n",
      Grouped(total.unpriced), total.unpriced == 1 ? "request" : "requests");
}

std::string Interval(const QualityLine& line) {
  if (!line.low || !line.high) return "";
  return fmt::format(" [{}, {}]", ShareText(*line.low), ShareText(*line.high));
}

std::string Good(const QualityLine& line) {
  return Percent(line.good(), line.judged()) + " %" + Interval(line);
}

std::string Quality(const Report& report) {
  const QualityReport& quality = report.quality;
  std::string text;
  if (quality.total.judged() > 0) {
    const std::string share = CheckingShare(report.total);
    text = fmt::format("  quality   {} as good or better than the baseline, of {} compared{}\n",
                       Good(quality.total), Grouped(quality.total.judged()),
                       share.empty() ? "" : fmt::format(", for {} % of the saving", share));
  }
  if (quality.feedback > 0) {
    const int64_t hundredths = quality.rating_millionths / quality.feedback / 10'000;
    text += fmt::format("  feedback  {}{}.{:02} on average (-1 to 1), of {} ratings\n",
                        hundredths < 0 ? "-" : "", std::abs(hundredths) / 100,
                        std::abs(hundredths) % 100, Grouped(quality.feedback));
  }
  for (const std::string& alarm : report.alarms) {
    text += "  alarm     " + Printable(alarm, 200) + "\n";
  }
  return text;
}

std::string Pair(int64_t p50_us, int64_t p95_us) {
  return Latency(p50_us) + " / " + Latency(p95_us);
}

std::string Latencies(const LatencyReport& latency) {
  if (!latency.routed.measured()) return "";
  auto side = [](const LatencyLine& line) {
    if (!line.measured()) return std::string("not measured");
    return fmt::format("first token {}, total {}",
                       Pair(line.first_token_p50_us, line.first_token_p95_us),
                       Pair(line.total_p50_us, line.total_p95_us));
  };
  return fmt::format("  latency   {} (p50 / p95)\n  baseline  {}\n", side(latency.routed),
                     side(latency.baseline));
}

std::string Money(const Report& report, int decimals) {
  return fmt::format("  spent     {}\n", UsdRounded(report.total.spent, decimals)) +
         Overhead(report.total, decimals) + Savings(report, decimals) + Unpriced(report.total);
}

std::vector<std::string> Row(const ReportLine& line, const ReportLine& total, int decimals) {
  const bool compared = total.with_baseline > 0 && line.compared();
  std::vector<std::string> row = {Printable(line.group, kNameBytes), Grouped(line.requests),
                                  Percent(line.requests, total.requests), Grouped(line.failed),
                                  UsdRounded(line.spent, decimals)};
  if (total.overhead().nano != 0) row.push_back(UsdRounded(line.overhead(), decimals));
  for (std::string cell :
       {compared ? UsdRounded(line.baseline, decimals) : std::string("-"),
        compared ? UsdRounded(line.saved(), decimals) : std::string("-"),
        compared ? Percent(line.saved().nano, line.baseline.nano) : std::string(),
        Latency(line.first_token_p50_us), Latency(line.first_token_p95_us),
        Latency(line.total_p50_us), Latency(line.total_p95_us)}) {
    row.push_back(std::move(cell));
  }
  return row;
}

std::string Groups(const Report& report, int decimals) {
  TextGrid grid;
  std::vector<std::string> head = {std::string(GroupName(report.by)), "requests", "%", "failed",
                                   "spent"};
  if (report.total.overhead().nano != 0) head.emplace_back("overhead");
  for (const char* name : {"baseline", "saved", "%", "first p50", "p95", "total p50", "p95"}) {
    head.emplace_back(name);
  }
  grid.Add(std::move(head));
  for (const ReportLine& line : report.lines) grid.Add(Row(line, report.total, decimals));
  if (report.lines.size() > 1) grid.Add(Row(report.total, report.total, decimals));
  return "\n" + grid.Text();
}

std::string Costs(std::string_view name, const std::vector<ReportLine>& lines, bool compared,
                  int decimals) {
  if (lines.empty()) return "";
  TextGrid grid;
  grid.Add({std::string(name), "requests", "spent", "overhead", "saved"});
  for (size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    const ReportLine& line = lines[i];
    grid.Add({Printable(line.group, kNameBytes), Grouped(line.requests),
              UsdRounded(line.spent, decimals), UsdRounded(line.overhead(), decimals),
              compared && line.compared() ? UsdRounded(line.saved(), decimals) : "-"});
  }
  std::string more =
      lines.size() > kMostLines
          ? fmt::format("  and {} more\n", Grouped(static_cast<int64_t>(lines.size() - kMostLines)))
          : "";
  return "\n" + grid.Text() + more;
}

void AddVerdicts(std::string_view of, const std::vector<QualityLine>& lines, TextGrid* grid) {
  for (size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    const QualityLine& line = lines[i];
    std::string floor =
        line.floor ? fmt::format("{} {}", ShareText(*line.floor), StateName(line.state())) : "";
    grid->Add({fmt::format("{} {}", of, Printable(line.group, kNameBytes)), Grouped(line.judged()),
               Grouped(line.wins), Grouped(line.ties), Grouped(line.losses), Good(line),
               std::move(floor)});
  }
}

std::string Verdicts(const QualityReport& quality) {
  if (quality.total.judged() == 0) return "";
  TextGrid grid;
  grid.Add({"quality", "compared", "better", "as good", "worse", "good", "floor"});
  AddVerdicts("route", quality.routes, &grid);
  AddVerdicts("tier", quality.tiers, &grid);
  AddVerdicts("task", quality.tasks, &grid);
  AddVerdicts("language", quality.languages, &grid);
  return "\n" + grid.Text();
}

std::string Dearest(const std::vector<DearRequest>& requests, int decimals) {
  if (requests.empty()) return "";
  TextGrid grid;
  grid.Add({"dearest requests", "cost", "tokens in", "out", "model", "key"});
  for (const DearRequest& dear : requests) {
    grid.Add({dear.id.ToString(), UsdRounded(dear.cost, std::max(decimals, 4)),
              Grouped(dear.prompt_tokens), Grouped(dear.completion_tokens),
              Printable(dear.model, kNameBytes), Printable(dear.key, kNameBytes)});
  }
  return "\n" + grid.Text();
}

}  // namespace

std::string FormatTable(const Report& report) {
  const ReportLine& total = report.total;
  if (report.audit.rows == 0 && total.requests == 0) {
    return Period(report) + "  no requests in this time\n";
  }
  const int decimals = DecimalsFor(total);
  const bool compared = total.with_baseline > 0;
  return Period(report) + Requests(total) + Tiers(report) + TokensOf(total) +
         Money(report, decimals) + Quality(report) + Latencies(report.latency) +
         Groups(report, decimals) +
         (report.by == GroupBy::kKey ? "" : Costs("key", report.keys, compared, decimals)) +
         (report.by == GroupBy::kTeam ? "" : Costs("team", report.teams, compared, decimals)) +
         Verdicts(report.quality) + Dearest(report.dearest, decimals);
}

}  // namespace weir::ledger
