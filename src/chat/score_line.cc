#include "chat/score_line.h"

#include "json/object.h"

namespace weir::chat {

Result<ScoreLine> ReadScoreLine(std::string_view line) {
  WEIR_TRY(json::Object object, json::Object::Parse(line));
  bool has_prompt = object.Has("prompt");
  if (has_prompt == object.Has("messages")) {
    return MakeError(Reason::kBadRequest, "expected either \"prompt\" or \"messages\"");
  }
  ScoreLine read;
  read.id = object.Has("id") ? object.Raw("id") : "null";
  read.body.reserve(line.size() + 64 + json::kPadding);
  if (has_prompt) {
    WEIR_CHECK_OK(object.RequiredString("prompt"));
    read.body += R"({"messages":[{"role":"user","content":)";
    read.body += object.Raw("prompt");
    read.body += "}]}";
  } else {
    read.body += R"({"messages":)";
    read.body += object.Raw("messages");
    read.body += "}";
  }
  return read;
}

}  // namespace weir::chat
