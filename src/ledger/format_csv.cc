#include <fmt/format.h>

#include "ledger/figures.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

constexpr std::string_view kColumns =
    "requests,failed,prompt_tokens,cached_tokens,completion_tokens,reasoning_tokens,unpriced,"
    "spent_usd,spent_nano,with_baseline,baseline_usd,baseline_nano,saved_usd,saved_nano,saved_"
    "percent,"
    "first_token_p50_us,first_token_p95_us,total_p50_us,total_p95_us,"
    "overhead_usd,overhead_nano,shadow_usd,shadow_nano,judge_usd,judge_nano,lost_usd,lost_nano,"
    "failed_attempts_usd,failed_attempts_nano,baseline_low_nano,baseline_high_nano,"
    "saved_low_usd,saved_low_nano,saved_high_usd,saved_high_nano,cache_hits,cache_saved_usd,"
    "cache_saved_nano,routing_saved_usd,routing_saved_nano,samples,lost_requests,unpriced_samples";

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

class Cells {
 public:
  explicit Cells(std::string_view group) : text_(TextCell(group)) {}
  void Count(int64_t number) { Add(std::to_string(number)); }
  void Micros(int64_t micros) { Add(micros < 0 ? "" : std::to_string(micros)); }
  void Number(const std::string& number) { Add(NumberCell(number)); }
  void Money(NanoUsd amount) {
    Number(FormatUsd(amount));
    Number(std::to_string(amount.nano));
  }
  void KnownMoney(bool known, NanoUsd amount) {
    if (known) return Money(amount);
    Add("");
    Add("");
  }
  std::string Line() && { return std::move(text_) + "\r\n"; }

 private:
  void Add(const std::string& cell) { text_ += "," + cell; }
  std::string text_;
};

void AddFirstColumns(const ReportLine& line, Cells* cells) {
  for (int64_t count : {line.requests, line.failed, line.prompt_tokens, line.cached_tokens,
                        line.completion_tokens, line.reasoning_tokens, line.unpriced}) {
    cells->Count(count);
  }
  cells->Money(line.spent);
  cells->Count(line.with_baseline);
  cells->KnownMoney(line.compared(), line.baseline);
  cells->KnownMoney(line.compared(), line.saved());
  cells->Number(line.compared() ? Percent(line.saved().nano, line.baseline.nano) : "");
  for (int64_t micros :
       {line.first_token_p50_us, line.first_token_p95_us, line.total_p50_us, line.total_p95_us}) {
    cells->Micros(micros);
  }
}

void AddLaterColumns(const ReportLine& line, Cells* cells) {
  for (NanoUsd amount :
       {line.overhead(), line.shadow, line.judge, line.lost, line.failed_attempts}) {
    cells->Money(amount);
  }
  const bool known = line.compared();
  cells->Number(known ? std::to_string(line.baseline_low.nano) : "");
  cells->Number(known ? std::to_string(line.baseline_high.nano) : "");
  cells->KnownMoney(known, line.saved_low());
  cells->KnownMoney(known, line.saved_high());
  cells->Count(line.cache_hits);
  cells->Money(line.cache_saved);
  cells->KnownMoney(known, line.routing_saved());
  for (int64_t count : {line.samples, line.lost_requests, line.unpriced_samples}) {
    cells->Count(count);
  }
}

std::string LineCells(const ReportLine& line) {
  Cells cells(line.group);
  AddFirstColumns(line, &cells);
  AddLaterColumns(line, &cells);
  return std::move(cells).Line();
}

}  // namespace

std::string FormatCsv(const Report& report) {
  std::string out = fmt::format("{},{}\r\n", GroupName(report.by), kColumns);
  for (const ReportLine& line : report.lines) out += LineCells(line);
  return out + LineCells(report.total);
}

}  // namespace weir::ledger
