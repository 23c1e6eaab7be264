#include "json/write.h"
#include "ledger/figures.h"
#include "ledger/json_money.h"
#include "ledger/json_quality.h"
#include "ledger/json_values.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

void WriteLineMoney(json::Writer* writer, const ReportLine& line) {
  const bool compared = line.compared();
  auto known = [&](NanoUsd amount) { return compared ? std::optional(amount) : std::nullopt; };
  WriteMoney(writer, "spent", line.spent);
  WriteInt(writer, "unpriced", line.unpriced);
  WriteInt(writer, "with_baseline", line.with_baseline);
  WriteMoney(writer, "baseline", known(line.baseline));
  WriteMoney(writer, "spent_with_baseline", known(line.spent_with_baseline));
  WriteMoney(writer, "saved", known(line.saved()));
  WritePercent(writer, "saved_percent",
               compared ? Percent(line.saved().nano, line.baseline.nano) : "");
}

void WriteNet(json::Writer* writer, const ReportLine& line) {
  auto known = [&](NanoUsd amount) {
    return line.compared() ? std::optional(amount) : std::nullopt;
  };
  WriteMoney(writer, "overhead", line.overhead());
  WriteMoney(writer, "shadow", line.shadow);
  WriteMoney(writer, "judge", line.judge);
  WriteMoney(writer, "lost", line.lost);
  WriteMoney(writer, "failed_attempts", line.failed_attempts);
  WriteMoney(writer, "baseline_low", known(line.baseline_low));
  WriteMoney(writer, "baseline_high", known(line.baseline_high));
  WriteMoney(writer, "saved_low", known(line.saved_low()));
  WriteMoney(writer, "saved_high", known(line.saved_high()));
  WriteInt(writer, "cache_hits", line.cache_hits);
  WriteMoney(writer, "cache_saved", line.cache_saved);
  WriteMoney(writer, "cache_with_baseline", known(line.cache_with_baseline));
  WriteMoney(writer, "failed_with_baseline", known(line.failed_with_baseline));
  WriteMoney(writer, "routing_saved", known(line.routing_saved()));
  WriteInt(writer, "samples", line.samples);
  WriteInt(writer, "lost_requests", line.lost_requests);
  WriteInt(writer, "unpriced_samples", line.unpriced_samples);
}

void WriteLine(json::Writer* writer, const ReportLine& line, const ReportLine& total) {
  writer->BeginObject();
  writer->Key("group");
  writer->String(line.group);
  WriteInt(writer, "requests", line.requests);
  WritePercent(writer, "share_percent", Percent(line.requests, total.requests));
  WriteInt(writer, "failed", line.failed);
  WriteInt(writer, "prompt_tokens", line.prompt_tokens);
  WriteInt(writer, "cached_tokens", line.cached_tokens);
  WriteInt(writer, "completion_tokens", line.completion_tokens);
  WriteInt(writer, "reasoning_tokens", line.reasoning_tokens);
  WriteLineMoney(writer, line);
  WriteMicros(writer, "first_token_p50_us", line.first_token_p50_us);
  WriteMicros(writer, "first_token_p95_us", line.first_token_p95_us);
  WriteMicros(writer, "total_p50_us", line.total_p50_us);
  WriteMicros(writer, "total_p95_us", line.total_p95_us);
  WriteNet(writer, line);
  writer->EndObject();
}

void WriteLines(json::Writer* writer, std::string_view name, const std::vector<ReportLine>& lines,
                const ReportLine& total) {
  writer->Key(name);
  writer->BeginArray();
  for (const ReportLine& line : lines) WriteLine(writer, line, total);
  writer->EndArray();
}

void WriteLatency(json::Writer* writer, const LatencyLine& line) {
  writer->BeginObject();
  WriteText(writer, "group", line.group);
  WriteInt(writer, "requests", line.requests);
  WriteInt(writer, "shadow", line.shadow);
  WriteInt(writer, "first_token", line.first_token);
  WriteMicros(writer, "first_token_p50_us", line.first_token_p50_us);
  WriteMicros(writer, "first_token_p95_us", line.first_token_p95_us);
  WriteMicros(writer, "total_p50_us", line.total_p50_us);
  WriteMicros(writer, "total_p95_us", line.total_p95_us);
  writer->EndObject();
}

void WriteLatencies(json::Writer* writer, const LatencyReport& latency) {
  writer->Key("latency");
  writer->BeginObject();
  writer->Key("routed");
  WriteLatency(writer, latency.routed);
  writer->Key("baseline");
  WriteLatency(writer, latency.baseline);
  writer->Key("models");
  writer->BeginArray();
  for (const LatencyLine& line : latency.models) WriteLatency(writer, line);
  writer->EndArray();
  writer->EndObject();
}

void WriteDearest(json::Writer* writer, const std::vector<DearRequest>& requests) {
  writer->Key("dearest");
  writer->BeginArray();
  for (const DearRequest& dear : requests) {
    writer->BeginObject();
    WriteText(writer, "id", dear.id.ToString());
    WriteText(writer, "at", FormatWall(dear.time));
    WriteText(writer, "route", dear.route);
    WriteText(writer, "tier", dear.tier);
    WriteText(writer, "model", dear.model);
    WriteText(writer, "key", dear.key);
    WriteText(writer, "outcome", dear.outcome);
    WriteInt(writer, "prompt_tokens", dear.prompt_tokens);
    WriteInt(writer, "completion_tokens", dear.completion_tokens);
    WriteMoney(writer, "cost", dear.cost);
    WriteMoney(writer, "baseline_cost", dear.baseline_cost);
    writer->EndObject();
  }
  writer->EndArray();
}

void WriteDay(json::Writer* writer, const DayLine& day, const std::vector<std::string>& tiers) {
  writer->BeginObject();
  WriteText(writer, "day", day.money.group);
  WriteInt(writer, "requests", day.money.requests);
  WriteMoney(writer, "spent", day.money.spent);
  WriteMoney(writer, "overhead", day.money.overhead());
  WriteMoney(writer, "baseline", day.money.baseline);
  WriteMoney(writer, "baseline_low", day.money.baseline_low);
  WriteMoney(writer, "baseline_high", day.money.baseline_high);
  WriteMoney(writer, "saved", day.money.saved());
  WriteTierCounts(writer, tiers, day.tiers);
  WriteVerdicts(writer, day.quality);
  writer->EndObject();
}

void WriteAudit(json::Writer* writer, const Audit& audit) {
  writer->Key("audit");
  writer->BeginObject();
  WriteInt(writer, "rows", audit.rows);
  WriteInt(writer, "samples", audit.samples);
  WriteInt(writer, "feedback", audit.feedback);
  WriteInt(writer, "lost", audit.lost);
  WriteInt(writer, "attempts", audit.attempts);
  WriteMoney(writer, "attempts", audit.attempts_cost);
  WriteInt(writer, "estimated_tokens", audit.estimated);
  WriteInt(writer, "with_range", audit.with_range);
  WriteInt(writer, "rows_unlike_their_attempts", audit.unequal);
  WriteInt(writer, "orphans", audit.orphans);
  WriteInt(writer, "undecided", audit.undecided);
  WriteInt(writer, "beyond_days", audit.beyond_series);
  writer->Key("first_id");
  audit.rows > 0 ? writer->String(audit.first.ToString()) : writer->Null();
  writer->Key("last_id");
  audit.rows > 0 ? writer->String(audit.last.ToString()) : writer->Null();
  writer->EndObject();
}

}  // namespace

std::string FormatJson(const Report& report) {
  std::string out;
  json::Writer writer(&out);
  writer.BeginObject();
  writer.Key("since");
  writer.String(FormatWall(report.since));
  writer.Key("until");
  writer.String(FormatWall(report.until));
  writer.Key("by");
  writer.String(GroupName(report.by));
  writer.Key("baselines");
  writer.BeginArray();
  for (const std::string& name : report.baselines) writer.String(name);
  writer.EndArray();
  writer.Key("total");
  WriteLine(&writer, report.total, report.total);
  WriteLines(&writer, "lines", report.lines, report.total);
  WriteLines(&writer, "tiers", report.tiers, report.total);
  WriteLines(&writer, "keys", report.keys, report.total);
  WriteLines(&writer, "teams", report.teams, report.total);
  WriteQuality(&writer, report);
  WriteLatencies(&writer, report.latency);
  WriteDearest(&writer, report.dearest);
  writer.Key("days");
  writer.BeginArray();
  for (const DayLine& day : report.days) WriteDay(&writer, day, report.series_tiers);
  writer.EndArray();
  WriteAudit(&writer, report.audit);
  writer.EndObject();
  return out;
}

}  // namespace weir::ledger
