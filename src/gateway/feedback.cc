#include "gateway/feedback.h"

#include "base/strings.h"
#include "json/object.h"
#include "quality/verdict.h"

namespace weir::gateway {

Result<ledger::Record> FeedbackRow(std::string_view body, const limits::Key* key, WallMicros now) {
  WEIR_TRY(const json::Object object, json::Object::Parse(body));
  for (const std::string_view name : object.Names()) {
    if (name == "id" || name == "score" || name == "comment") continue;
    return MakeError(
        Reason::kBadRequest,
        fmt::format("unknown member `{}`; known are id, score, comment", Utf8Prefix(name, 100)));
  }
  WEIR_TRY(const std::string id, object.RequiredString("id"));
  WEIR_TRY(const auto score, object.Double("score"));
  WEIR_TRY(const auto comment, object.String("comment"));
  const auto parent = ParseRequestId(id);
  if (!parent) {
    return MakeError(Reason::kBadRequest, "id: expected the x-weir-id of an answer", "id");
  }
  if (!score || !(*score >= -1 && *score <= 1)) {
    return MakeError(Reason::kBadRequest, "score: expected a number from -1 to 1", "score");
  }
  ledger::Record row;
  row.id = NewRequestId(now);
  row.time = now;
  row.kind = ledger::kFeedback;
  row.endpoint = "feedback";
  row.parent = parent->ToString();
  row.rating = *score;
  row.verdict_why = quality::BoundedWhy(comment.value_or(""));
  row.outcome = "ok";
  row.status = 200;
  row.priced = true;
  if (key != nullptr) {
    row.key = key->name;
    row.team = key->team;
  }
  return row;
}

}  // namespace weir::gateway
