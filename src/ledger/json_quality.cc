#include "ledger/json_quality.h"

#include "ledger/figures.h"
#include "ledger/json_values.h"

namespace weir::ledger {
namespace {

// Of a QualityLine, or of a KeptQuality.
template <class Line>
void WriteCounts(json::Writer* writer, const Line& line) {
  WriteInt(writer, "judged", line.judged());
  WriteInt(writer, "wins", line.wins);
  WriteInt(writer, "ties", line.ties);
  WriteInt(writer, "losses", line.losses);
}

void WriteLossPercent(json::Writer* writer, std::string_view name,
                      const std::optional<double>& loss) {
  WritePercent(writer, name, loss ? LossText(*loss) : "");
}

void WriteLoss(json::Writer* writer, const QualityLine& line) {
  WriteLossPercent(writer, "loss_percent", line.loss);
  WriteShare(writer, "loss_low", line.loss_low);
  WriteShare(writer, "loss_high", line.loss_high);
  WriteLossPercent(writer, "allowed_percent", line.allowed);
}

void WriteQualityLines(json::Writer* writer, std::string_view name,
                       const std::vector<QualityLine>& lines) {
  writer->Key(name);
  writer->BeginArray();
  for (const QualityLine& line : lines) {
    writer->BeginObject();
    WriteText(writer, "group", line.group);
    WriteVerdicts(writer, line);
    WriteLoss(writer, line);
    writer->EndObject();
  }
  writer->EndArray();
}

// A point has its tier's floor.
void WriteKept(json::Writer* writer, std::string_view name, const KeptQuality& kept) {
  writer->Key(name);
  writer->BeginObject();
  WriteCounts(writer, kept);
  WriteShare(writer, "kept", kept.share);
  WriteShare(writer, "kept_low", kept.low);
  WriteShare(writer, "kept_high", kept.high);
  writer->EndObject();
}

void WritePoint(json::Writer* writer, const MeasuredPoint& point,
                const std::vector<std::string>& tiers) {
  writer->BeginObject();
  WriteText(writer, "day", FormatWall(point.begins).substr(0, 10));
  WriteKept(writer, "clients", point.clients);
  WriteInt(writer, "by_baseline", point.by_baseline);
  WriteKept(writer, "model", point.model);
  WriteInt(writer, "probes", point.probes);
  WriteInt(writer, "elsewhere", point.elsewhere);
  WriteInt(writer, "requests", point.requests);
  WriteInt(writer, "handed_up", point.handed_up);
  WriteTierCounts(writer, tiers, point.tiers);
  writer->EndObject();
}

void WriteMeasured(json::Writer* writer, const Report& report) {
  writer->Key("measured");
  writer->BeginArray();
  for (const MeasuredTier& tier : report.quality.measured) {
    writer->BeginObject();
    WriteText(writer, "route", tier.route);
    WriteText(writer, "tier", tier.tier);
    WriteShare(writer, "floor", tier.floor);
    WriteInt(writer, "verdicts", tier.verdicts);
    WriteInt(writer, "days_a_point", tier.days_a_point);
    writer->Key("points");
    writer->BeginArray();
    for (const MeasuredPoint& point : tier.points) WritePoint(writer, point, report.series_tiers);
    writer->EndArray();
    writer->EndObject();
  }
  writer->EndArray();
  WriteInt(writer, "verdicts_beyond_measured", report.quality.verdicts_beyond_measured);
}

}  // namespace

void WriteVerdicts(json::Writer* writer, const QualityLine& line) {
  WriteCounts(writer, line);
  WriteInt(writer, "by_judge", line.by_judge);
  WritePercent(writer, "good_percent", Percent(line.good(), line.judged()));
  WriteShare(writer, "good_low", line.low);
  WriteShare(writer, "good_high", line.high);
  WriteShare(writer, "floor", line.floor);
  writer->Key("floor_state");
  line.state() == FloorState::kNone ? writer->Null() : writer->String(StateName(line.state()));
}

void WriteQuality(json::Writer* writer, const Report& report) {
  const QualityReport& quality = report.quality;
  writer->Key("quality");
  writer->BeginObject();
  WriteVerdicts(writer, quality.total);
  WriteLoss(writer, quality.total);
  WriteInt(writer, "told_exact", quality.exact);
  WriteInt(writer, "told_json", quality.json);
  WriteInt(writer, "told_number", quality.number);
  WriteInt(writer, "told_judge", quality.judge);
  WritePercent(writer, "checking_percent_of_saving", CheckingShare(report.total));
  WriteInt(writer, "feedback", quality.feedback);
  writer->Key("feedback_mean");
  quality.feedback == 0 ? writer->Null()
                        : writer->Decimal(quality.rating_millionths / quality.feedback, 6);
  WriteQualityLines(writer, "routes", quality.routes);
  WriteQualityLines(writer, "tiers", quality.tiers);
  WriteQualityLines(writer, "tasks", quality.tasks);
  WriteQualityLines(writer, "languages", quality.languages);
  WriteMeasured(writer, report);
  writer->Key("alarms");
  writer->BeginArray();
  for (const std::string& alarm : report.alarms) writer->String(alarm);
  writer->EndArray();
  writer->EndObject();
}

}  // namespace weir::ledger
