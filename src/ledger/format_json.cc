#include <concepts>

#include "json/scan.h"
#include "json/write.h"
#include "ledger/fields.h"
#include "ledger/figures.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

void WriteMoney(json::Writer* writer, std::string_view name, std::optional<NanoUsd> amount) {
  writer->Key(std::string(name) + "_nano");
  amount ? writer->Int(amount->nano) : writer->Null();
  writer->Key(std::string(name) + "_usd");
  amount ? writer->String(FormatUsd(*amount)) : writer->Null();
}

void WriteInt(json::Writer* writer, std::string_view name, int64_t value) {
  writer->Key(name);
  writer->Int(value);
}

void WriteMicros(json::Writer* writer, std::string_view name, int64_t micros) {
  writer->Key(name);
  micros >= 0 ? writer->Int(micros) : writer->Null();
}

// A number with one decimal, or null.
void WritePercent(json::Writer* writer, std::string_view name, const std::string& percent) {
  writer->Key(name);
  percent.empty() ? writer->Null() : writer->Raw(percent);
}

void WriteLineMoney(json::Writer* writer, const ReportLine& line) {
  bool compared = line.with_baseline > 0;
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
  writer->EndObject();
}

void WriteLines(json::Writer* writer, std::string_view name, const std::vector<ReportLine>& lines,
                const ReportLine& total) {
  writer->Key(name);
  writer->BeginArray();
  for (const ReportLine& line : lines) WriteLine(writer, line, total);
  writer->EndArray();
}

bool IsJson(std::string_view text, json::Kind kind) {
  std::string padded;
  padded.reserve(text.size() + json::kPadding);
  padded = text;
  json::Index index;
  auto cursor = index.Begin(padded, json::Check::kWhole);
  if (!cursor || cursor->kind() != kind) return false;
  cursor->Skip();
  return cursor->Finish().has_value();
}

class FieldWriter {
 public:
  explicit FieldWriter(json::Writer* writer) : writer_(*writer) {}

  void operator()(const RowField& field, const RequestId& id) {
    writer_.Key(field.name);
    writer_.String(id.ToString());
  }
  void operator()(const RowField& field, std::string_view text) {
    writer_.Key(field.name);
    if (field.form == Form::kPlain) return writer_.String(text);
    bool array = field.form == Form::kJsonArray;
    if (text.empty()) return writer_.Raw(array ? "[]" : "{}");
    // Text from a store is not trusted to be JSON; as a string it can still be read.
    bool json = IsJson(text, array ? json::Kind::kArray : json::Kind::kObject);
    json ? writer_.Raw(text) : writer_.String(text);
  }
  void operator()(const RowField& field, bool value) {
    writer_.Key(field.name);
    writer_.Bool(value);
  }
  void operator()(const RowField& field, double value) {
    writer_.Key(field.name);
    writer_.Double(value);
  }
  void operator()(const RowField& field, std::integral auto value) {
    writer_.Key(field.name);
    bool none = field.form == Form::kMaybeMicros && value == static_cast<decltype(value)>(-1);
    none ? writer_.Null() : writer_.Int(static_cast<int64_t>(value));
    if (field.form != Form::kTime) return;
    writer_.Key("at");
    writer_.String(FormatWall(static_cast<WallMicros>(value)));
  }
  void operator()(const RowField& field, NanoUsd amount) {
    WriteMoney(&writer_, field.name, amount);
  }
  void operator()(const RowField& field, const std::optional<NanoUsd>& amount) {
    WriteMoney(&writer_, field.name, amount);
  }

 private:
  json::Writer& writer_;
};

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
  writer.EndObject();
  return out;
}

std::string RecordJson(const Record& record) {
  std::string out;
  json::Writer writer(&out);
  writer.BeginObject();
  VisitFields(record, FieldWriter(&writer));
  writer.Key("attempts");
  writer.BeginArray();
  for (const Attempt& attempt : record.attempts) {
    writer.BeginObject();
    VisitFields(attempt, FieldWriter(&writer));
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

}  // namespace weir::ledger
