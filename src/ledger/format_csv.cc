#include <fmt/format.h>

#include <vector>

#include "ledger/figures.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

constexpr std::string_view kColumns =
    "requests,failed,prompt_tokens,cached_tokens,completion_tokens,reasoning_tokens,unpriced,"
    "spent_usd,spent_nano,with_baseline,baseline_usd,baseline_nano,saved_usd,saved_nano,saved_"
    "percent,"
    "first_token_p50_us,first_token_p95_us,total_p50_us,total_p95_us";

// Quoted always; a leading apostrophe keeps a spreadsheet from running text as a formula.
std::string TextCell(std::string_view text) {
  bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  std::string cell = formula ? "\"'" : "\"";
  for (char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

// A minus sign starts our own figures only; quoted they stay text to nobody but a spreadsheet.
std::string NumberCell(const std::string& number) {
  return number.starts_with('-') ? "\"" + number + "\"" : number;
}

std::string Known(bool known, const std::string& number) {
  return known ? NumberCell(number) : "";
}

std::string Micros(int64_t micros) {
  return micros < 0 ? "" : std::to_string(micros);
}

std::string LineCells(const ReportLine& line) {
  bool compared = line.with_baseline > 0;
  std::vector<std::string> cells = {TextCell(line.group),
                                    std::to_string(line.requests),
                                    std::to_string(line.failed),
                                    std::to_string(line.prompt_tokens),
                                    std::to_string(line.cached_tokens),
                                    std::to_string(line.completion_tokens),
                                    std::to_string(line.reasoning_tokens),
                                    std::to_string(line.unpriced),
                                    NumberCell(FormatUsd(line.spent)),
                                    NumberCell(std::to_string(line.spent.nano)),
                                    std::to_string(line.with_baseline),
                                    Known(compared, FormatUsd(line.baseline)),
                                    Known(compared, std::to_string(line.baseline.nano)),
                                    Known(compared, FormatUsd(line.saved())),
                                    Known(compared, std::to_string(line.saved().nano)),
                                    Known(compared, Percent(line.saved().nano, line.baseline.nano)),
                                    Micros(line.first_token_p50_us),
                                    Micros(line.first_token_p95_us),
                                    Micros(line.total_p50_us),
                                    Micros(line.total_p95_us)};
  return fmt::format("{}\r\n", fmt::join(cells, ","));
}

}  // namespace

std::string FormatCsv(const Report& report) {
  std::string out = fmt::format("{},{}\r\n", GroupName(report.by), kColumns);
  for (const ReportLine& line : report.lines) out += LineCells(line);
  return out + LineCells(report.total);
}

}  // namespace weir::ledger
