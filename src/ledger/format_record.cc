#include <concepts>

#include "json/scan.h"
#include "json/write.h"
#include "ledger/fields.h"
#include "ledger/json_money.h"
#include "ledger/report.h"

namespace weir::ledger {
namespace {

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

void WriteMembers(const Record& record, json::Writer* writer) {
  VisitFields(record, FieldWriter(writer));
  writer->Key("attempts");
  writer->BeginArray();
  for (const Attempt& attempt : record.attempts) {
    writer->BeginObject();
    VisitFields(attempt, FieldWriter(writer));
    writer->EndObject();
  }
  writer->EndArray();
}

void WriteBodies(const Bodies& bodies, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("request");
  writer->String(bodies.request);
  writer->Key("answer");
  writer->String(bodies.answer);
  writer->Key("other");
  writer->String(bodies.other);
  writer->Key("cut");
  writer->Bool(IsCut(bodies.request) || IsCut(bodies.answer) || IsCut(bodies.other));
  writer->EndObject();
}

}  // namespace

std::string RecordJson(const Record& record) {
  std::string out;
  json::Writer writer(&out);
  writer.BeginObject();
  WriteMembers(record, &writer);
  writer.EndObject();
  return out;
}

std::string RecordJson(const Record& record, const std::optional<Bodies>& bodies) {
  std::string out;
  json::Writer writer(&out);
  writer.BeginObject();
  WriteMembers(record, &writer);
  writer.Key("bodies");
  if (bodies) {
    WriteBodies(*bodies, &writer);
  } else {
    writer.Null();
  }
  writer.EndObject();
  return out;
}

}  // namespace weir::ledger
