#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ledger/figures.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

constexpr size_t kNameBytes = 48;
constexpr int64_t kNanoPerUsd = 1'000'000'000;

size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// Cells in columns: the first to the left, the others to the right.
class Grid {
 public:
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string Grid::Text() const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = "  ";
    for (size_t i = 0; i < row.size(); ++i) {
      std::string padding(widths[i] - Width(row[i]), ' ');
      line += (i == 0 ? row[i] + padding : "  " + padding + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

// One precision for the whole table, so that the columns compare: cents for real money, more for
// cents.
int DecimalsFor(const ReportLine& total) {
  int64_t largest = std::max(total.spent.nano, total.baseline.nano);
  if (largest >= 100 * kNanoPerUsd) return 2;
  return largest >= kNanoPerUsd ? 4 : 6;
}

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

std::string Savings(const Report& report, int decimals) {
  const ReportLine& total = report.total;
  if (total.with_baseline == 0) {
    return "  baseline  no baseline: no request has a priced model to be compared with\n";
  }
  std::string scope = total.with_baseline == total.requests
                          ? ""
                          : fmt::format(", for {} of {} requests", Grouped(total.with_baseline),
                                        Grouped(total.requests));
  return fmt::format("  baseline  {} with {}{}\n  saved     {}{}\n",
                     UsdRounded(total.baseline, decimals), BaselineNames(report), scope,
                     UsdRounded(total.saved(), decimals),
                     total.baseline.nano > 0
                         ? fmt::format(" ({} %)", Percent(total.saved().nano, total.baseline.nano))
                         : "");
}

std::string Unpriced(const ReportLine& total) {
  if (total.unpriced == 0) return "";
  return fmt::format(
      "  note      {} {} unpriced: the cost is not known in full and not in the saving\n",
      Grouped(total.unpriced), total.unpriced == 1 ? "request" : "requests");
}

std::string Money(const Report& report, int decimals) {
  return fmt::format("  spent     {}\n", UsdRounded(report.total.spent, decimals)) +
         Savings(report, decimals) + Unpriced(report.total);
}

std::vector<std::string> Row(const ReportLine& line, const ReportLine& total, int decimals) {
  bool compared = line.with_baseline > 0;
  return {Printable(line.group, kNameBytes),
          Grouped(line.requests),
          Percent(line.requests, total.requests),
          Grouped(line.failed),
          UsdRounded(line.spent, decimals),
          compared ? UsdRounded(line.baseline, decimals) : "-",
          compared ? UsdRounded(line.saved(), decimals) : "-",
          compared ? Percent(line.saved().nano, line.baseline.nano) : "",
          Latency(line.first_token_p50_us),
          Latency(line.first_token_p95_us),
          Latency(line.total_p50_us),
          Latency(line.total_p95_us)};
}

std::string Groups(const Report& report, int decimals) {
  Grid grid;
  grid.Add({std::string(GroupName(report.by)), "requests", "%", "failed", "spent", "baseline",
            "saved", "%", "first p50", "p95", "total p50", "p95"});
  for (const ReportLine& line : report.lines) grid.Add(Row(line, report.total, decimals));
  if (report.lines.size() > 1) grid.Add(Row(report.total, report.total, decimals));
  return "\n" + grid.Text();
}

}  // namespace

std::string FormatTable(const Report& report) {
  if (report.total.requests == 0) return Period(report) + "  no requests in this time\n";
  int decimals = DecimalsFor(report.total);
  return Period(report) + Requests(report.total) + Tiers(report) + TokensOf(report.total) +
         Money(report, decimals) + Groups(report, decimals);
}

}  // namespace weir::ledger
