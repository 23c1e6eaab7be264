#include "chat/choices.h"

#include <algorithm>

#include "chat/usage.h"

namespace weir::chat {
namespace {

using json::Kind;

// Consumes a value; its size when it is a string, an array or an object that is not empty, else 0.
int64_t ContentBytes(json::Cursor* cursor) {
  constexpr size_t kEmptyBrackets = 2;
  Kind kind = cursor->kind();
  if (kind == Kind::kString) return static_cast<int64_t>(cursor->String().bytes);
  json::Span span = cursor->Skip();
  if (kind != Kind::kArray && kind != Kind::kObject) return 0;
  bool blank_inside = span.of(cursor->text()).find_first_not_of(" \t\r\n", 1) == span.size() - 1;
  return span.size() <= kEmptyBrackets || blank_inside ? 0 : static_cast<int64_t>(span.size());
}

// The text of tool calls: function names and arguments, wherever they stand in the value.
int64_t CallBytes(json::Cursor* cursor) {
  int64_t bytes = 0;
  std::string_view key;
  if (cursor->kind() == Kind::kArray) {
    cursor->EnterArray();
    while (cursor->NextElement()) bytes += CallBytes(cursor);
  } else if (cursor->kind() == Kind::kObject) {
    cursor->EnterObject();
    while (cursor->NextMember(&key)) {
      bool text = key == "name" || key == "arguments" || key == "input";
      if (text && cursor->kind() == Kind::kString) {
        bytes += static_cast<int64_t>(cursor->String().bytes);
      } else if (key == "function" || key == "custom") {
        bytes += CallBytes(cursor);
      } else {
        cursor->Skip();
      }
    }
  } else {
    cursor->Skip();
  }
  return bytes;
}

// `message` of a plain answer, `delta` of a stream.
class Delta {
 public:
  Delta(json::Cursor* cursor, Choices* choices) : cursor_(*cursor), choices_(*choices) {}

  void Read() {
    if (cursor_.kind() != Kind::kObject) {
      cursor_.Skip();
      return;
    }
    std::string_view key;
    cursor_.EnterObject();
    while (cursor_.NextMember(&key)) ReadMember(key);
    choices_.text_bytes += reasoning_bytes_;
  }

 private:
  void ReadMember(std::string_view name) {
    if (name == "content" || name == "refusal") {
      choices_.text_bytes += Note(ContentBytes(&cursor_));
    } else if (name == "reasoning_content" || name == "reasoning") {
      reasoning_bytes_ = std::max(reasoning_bytes_, Note(ContentBytes(&cursor_)));
    } else if (name == "tool_calls" || name == "function_call") {
      json::Cursor again = cursor_;
      if (Note(ContentBytes(&cursor_)) > 0) choices_.text_bytes += CallBytes(&again);
    } else if (name == "audio" || name == "reasoning_details" || name == "images") {
      Note(ContentBytes(&cursor_));
    } else {
      cursor_.Skip();
    }
  }

  int64_t Note(int64_t bytes) {
    if (bytes > 0) choices_.content = true;
    return bytes;
  }

  json::Cursor& cursor_;
  Choices& choices_;
  int64_t reasoning_bytes_ = 0;
};

void ReadChoice(json::Cursor* cursor, Choices* choices) {
  std::string_view key;
  std::optional<json::Span> member;
  cursor->EnterObject();
  while (cursor->NextMember(&key)) {
    if (key == "delta" || key == "message") {
      Delta(cursor, choices).Read();
    } else if (key == "text") {
      int64_t bytes = ContentBytes(cursor);
      choices->text_bytes += bytes;
      choices->content = choices->content || bytes > 0;
    } else if (key == "finish_reason" && cursor->kind() == Kind::kString) {
      const json::StringToken reason = cursor->String();
      if (reason.bytes > 0) choices->finish = true;
      if (reason.raw == "content_filter") choices->filtered = true;
    } else if (key == "usage") {
      std::optional<UsageCounts> usage;
      member = ReadUsageMember(cursor, key, &usage);
      if (usage && !choices->usage) choices->usage = usage;
    } else {
      cursor->Skip();
    }
  }
  if (member) choices->usage_members.push_back(*member);
}

}  // namespace

void ReadChoices(json::Cursor* cursor, Choices* choices) {
  if (cursor->kind() != Kind::kArray) {
    cursor->Skip();
    return;
  }
  cursor->EnterArray();
  while (cursor->NextElement()) {
    ++choices->count;
    if (cursor->kind() == Kind::kObject) {
      ReadChoice(cursor, choices);
    } else {
      cursor->Skip();
    }
  }
}

}  // namespace weir::chat
