#include "chat/walk.h"

namespace weir::chat {
namespace {

using json::Kind;
using json::StringToken;

void CountRaw(Walk* walk, size_t begin) {
  if (!walk->cursor.ok()) return;
  walk->request->other_bytes += static_cast<int64_t>(walk->cursor.consumed_end() - begin);
}

bool MeansOff(std::string_view word) {
  return word == "none" || word == "minimal" || word == "disabled" || word == "off";
}

}  // namespace

bool ReadTools(Walk* walk, std::string_view param) {
  json::Cursor& cursor = walk->cursor;
  if (cursor.kind() == Kind::kNull) {
    cursor.Literal();
    return true;
  }
  if (cursor.kind() != Kind::kArray) return walk->Refuse(param, "an array");
  size_t begin = cursor.offset();
  cursor.EnterArray();
  while (cursor.NextElement()) {
    walk->request->has_tools = true;
    cursor.Skip();
  }
  CountRaw(walk, begin);
  return true;
}

bool ReadResponseFormat(Walk* walk) {
  json::Cursor& cursor = walk->cursor;
  if (cursor.kind() == Kind::kNull) {
    cursor.Literal();
    return true;
  }
  if (cursor.kind() != Kind::kObject) return walk->Refuse("response_format", "an object");
  size_t begin = cursor.offset();
  StringToken key;
  cursor.EnterObject();
  while (cursor.NextMember(&key)) {
    if (walk->Name(key) != "type" || cursor.kind() != Kind::kString) {
      cursor.Skip();
      continue;
    }
    std::string_view type = walk->Name(cursor.String());
    walk->request->wants_json_schema = type == "json_schema";
    walk->request->wants_json_object = type == "json_object";
  }
  CountRaw(walk, begin);
  return true;
}

bool ReadStreamOptions(Walk* walk) {
  json::Cursor& cursor = walk->cursor;
  size_t begin = cursor.offset();
  if (cursor.kind() == Kind::kNull) {
    cursor.Literal();
    walk->request->stream_options = {begin, cursor.consumed_end()};
    return true;
  }
  if (cursor.kind() != Kind::kObject) return walk->Refuse("stream_options", "an object");
  StringToken key;
  cursor.EnterObject();
  while (cursor.NextMember(&key)) {
    if (walk->Name(key) != "include_usage") {
      cursor.Skip();
      continue;
    }
    constexpr std::string_view kParam = "stream_options.include_usage";
    if (!walk->request->include_usage_value.empty()) return walk->RefuseDuplicate(kParam);
    size_t value = cursor.offset();
    if (!walk->ReadBool(kParam, &walk->request->include_usage)) return false;
    walk->request->include_usage_value = {value, cursor.consumed_end()};
  }
  if (cursor.ok()) walk->request->stream_options = {begin, cursor.consumed_end()};
  return true;
}

bool ReadReasoningEffort(Walk* walk) {
  Kind kind = walk->cursor.kind();
  if (kind != Kind::kString && kind != Kind::kNull) {
    return walk->Refuse("reasoning_effort", "a string");
  }
  if (kind == Kind::kNull) {
    walk->cursor.Literal();
  } else if (!MeansOff(walk->Name(walk->cursor.String()))) {
    walk->request->wants_reasoning = true;
  }
  return true;
}

bool ReadReasoningSwitch(Walk* walk) {
  json::Cursor& cursor = walk->cursor;
  if (cursor.kind() != Kind::kObject) {
    if (cursor.kind() == Kind::kTrue) walk->request->wants_reasoning = true;
    cursor.Skip();
    return true;
  }
  bool on = true;
  StringToken key;
  cursor.EnterObject();
  while (cursor.NextMember(&key)) {
    std::string_view name = walk->Name(key);
    if (name == "enabled" && cursor.kind() == Kind::kFalse) on = false;
    if ((name == "type" || name == "effort") && cursor.kind() == Kind::kString) {
      if (MeansOff(walk->Name(cursor.String()))) on = false;
    } else {
      cursor.Skip();
    }
  }
  if (on) walk->request->wants_reasoning = true;
  return true;
}

}  // namespace weir::chat
