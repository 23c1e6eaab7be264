#include "quality/reach_json.h"

#include "json/object.h"

namespace weir::quality {

void WriteReach(const Calibration& calibration, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("crest");
  writer->Double(calibration.crest);
  writer->Key("tasks");
  writer->BeginArray();
  for (const TaskTerms& terms : calibration.tasks) {
    if (terms.lift == 0 && !terms.held) continue;
    writer->BeginObject();
    writer->Key("task");
    writer->String(terms.task);
    writer->Key("lift");
    writer->Double(terms.lift);
    writer->Key("held");
    writer->Int(terms.held ? 1 : 0);
    writer->EndObject();
  }
  writer->EndArray();
  writer->EndObject();
}

Result<Calibration> ReadReach(std::string_view json) {
  WEIR_TRY(const json::Object object, json::Object::Parse(json));
  WEIR_TRY(const auto crest, object.Double("crest"));
  if (!crest) return MakeError(Reason::kBadRequest, "an order without a crest");
  Calibration reach;
  reach.crest = *crest;
  WEIR_TRY(const auto tasks, json::Elements(object.Raw("tasks")));
  for (const std::string_view item : tasks) {
    WEIR_TRY(const json::Object task, json::Object::Parse(item));
    TaskTerms terms;
    WEIR_TRY(terms.task, task.RequiredString("task"));
    WEIR_TRY(const auto lift, task.Double("lift"));
    WEIR_TRY(const auto held, task.Int("held"));
    terms.lift = lift.value_or(0);
    terms.held = held.value_or(0) != 0;
    reach.tasks.push_back(std::move(terms));
  }
  return reach;
}

}  // namespace weir::quality
