#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chat/walk.h"

namespace weir::chat {
namespace {

using json::Kind;
using json::StringToken;

constexpr std::array<std::string_view, 3> kCountedMembers = {"tool_calls", "function_call",
                                                             "reasoning_content"};
constexpr std::array<std::string_view, 3> kImageTypes = {"image_url", "image", "input_image"};
// Roles that must say something; the others (assistant, tool, …) may leave `content` out.
constexpr std::array<std::string_view, 3> kSpeakingRoles = {"user", "system", "developer"};

bool Contains(const std::array<std::string_view, 3>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Reads one message. Where it stands in the body is spelled out only for a refusal.
class Message {
 public:
  Message(Walk* walk, int number) : walk_(*walk), cursor_(walk->cursor), number_(number) {}

  bool Read() {
    if (cursor_.kind() != Kind::kObject) return Refuse("", "an object");
    walk_.texts->BeginMessage();
    cursor_.EnterObject();
    StringToken key;
    while (cursor_.NextMember(&key)) {
      if (!ReadMember(walk_.Name(key))) return false;
    }
    if (!cursor_.ok()) return true;
    if (role_.empty()) return RefuseMissing(".role");
    if (!has_content_ && Contains(kSpeakingRoles, role_)) return RefuseMissing(".content");
    walk_.texts->EndMessage(role_ == "user");
    walk_.turns->EndMessage(role_, walk_.texts->joined_bytes());
    return true;
  }

 private:
  std::string Path(std::string_view rest) const {
    return fmt::format("messages[{}]{}", number_, rest);
  }
  bool Refuse(std::string_view rest, std::string_view expected) {
    return walk_.Refuse(Path(rest), expected);
  }
  bool RefuseMissing(std::string_view rest) {
    std::string param = Path(rest);
    walk_.refusal =
        MakeError(Reason::kBadRequest, param + ": missing, empty or not a string", param);
    return false;
  }

  bool ReadMember(std::string_view name) {
    if (name == "role") return ReadRole();
    if (name == "content") return ReadContent();
    const size_t begin = cursor_.offset();
    const bool counted = Contains(kCountedMembers, name);
    if (name == "tool_calls" && cursor_.kind() == Kind::kArray) {
      ReadCalls();
    } else if (name == "function_call" && cursor_.kind() == Kind::kObject) {
      ReadCall();
    } else {
      cursor_.Skip();
    }
    if (counted && cursor_.ok()) {
      walk_.request->other_bytes += static_cast<int64_t>(cursor_.consumed_end() - begin);
    }
    return true;
  }

  // [{"function": {"name", "arguments"}}] or "custom" with "input"; whatever else is no call to us.
  void ReadCalls() {
    cursor_.EnterArray();
    while (cursor_.NextElement()) {
      if (cursor_.kind() != Kind::kObject) {
        cursor_.Skip();
        continue;
      }
      cursor_.EnterObject();
      StringToken key;
      while (cursor_.NextMember(&key)) {
        const std::string_view name = walk_.Name(key);
        const bool call = name == "function" || name == "custom";
        if (call && cursor_.kind() == Kind::kObject) {
          ReadCall();
        } else {
          cursor_.Skip();
        }
      }
    }
  }

  void ReadCall() {
    std::string_view called, arguments;
    cursor_.EnterObject();
    StringToken key;
    while (cursor_.NextMember(&key)) {
      const std::string_view name = walk_.Name(key);
      const bool is_name = name == "name";
      const bool is_arguments = name == "arguments" || name == "input";
      const std::string_view value = cursor_.Skip().of(cursor_.text());
      if (is_name) called = value;
      if (is_arguments) arguments = value;
    }
    if (cursor_.ok()) walk_.turns->AddCall(called, arguments);
  }

  bool ReadRole() {
    if (saw_role_) return walk_.RefuseDuplicate(Path(".role"));
    if (cursor_.kind() != Kind::kString) return Refuse(".role", "a string");
    saw_role_ = true;
    StringToken token = cursor_.String();
    if (!token.escaped) {
      role_ = token.raw;
      return true;
    }
    unescaped_role_ = json::Unescaped(token);
    role_ = unescaped_role_;
    return true;
  }

  bool ReadContent() {
    if (saw_content_) return walk_.RefuseDuplicate(Path(".content"));
    saw_content_ = true;
    has_content_ = cursor_.kind() != Kind::kNull;
    switch (cursor_.kind()) {
      case Kind::kString:
        Add(cursor_.String());
        return true;
      case Kind::kNull:
        cursor_.Literal();
        return true;
      case Kind::kArray:
        return ReadParts();
      default:
        return Refuse(".content", "a string or an array of parts");
    }
  }

  void Add(const StringToken& text) {
    walk_.texts->Add(text, !saw_role_ || role_ == "user");
    walk_.turns->AddText(text);
  }

  bool ReadParts() {
    cursor_.EnterArray();
    for (int part = 0; cursor_.NextElement(); ++part) {
      if (cursor_.kind() != Kind::kObject) {
        return Refuse(fmt::format(".content[{}]", part), "an object");
      }
      if (!ReadPart(part)) return false;
    }
    return true;
  }

  bool ReadPart(int part) {
    size_t begin = cursor_.offset();
    StringToken key, type, text;
    std::string_view called, input;
    bool has_text = false;
    cursor_.EnterObject();
    while (cursor_.NextMember(&key)) {
      std::string_view name = walk_.Name(key);
      if (cursor_.kind() == Kind::kString && (name == "text" || name == "refusal")) {
        text = cursor_.String();
        has_text = true;
      } else if (cursor_.kind() == Kind::kString && name == "type") {
        type = cursor_.String();
      } else {
        std::string_view* kept = name == "name" ? &called : name == "input" ? &input : nullptr;
        const std::string_view value = cursor_.Skip().of(cursor_.text());
        if (kept != nullptr) *kept = value;
      }
    }
    if (!cursor_.ok()) return true;
    if (type.raw == "tool_result") walk_.turns->AddToolResult();
    if (type.raw == "tool_use") walk_.turns->AddCall(called, input);
    return CountPart(part, type, has_text ? &text : nullptr, cursor_.consumed_end() - begin);
  }

  bool CountPart(int part, const StringToken& type, const StringToken* text, size_t bytes) {
    if (type.raw == "text" && !text) return RefuseMissing(fmt::format(".content[{}].text", part));
    if (text) {
      Add(*text);
    } else if (Contains(kImageTypes, type.raw)) {
      ++walk_.request->images;
      walk_.request->image_bytes += static_cast<int64_t>(bytes);
    } else {
      walk_.request->attached_bytes += static_cast<int64_t>(bytes);
    }
    return true;
  }

  Walk& walk_;
  json::Cursor& cursor_;
  int number_;
  std::string_view role_;
  std::string unescaped_role_;
  bool saw_role_ = false;
  bool saw_content_ = false;
  bool has_content_ = false;
};

}  // namespace

bool ReadMessages(Walk* walk) {
  if (walk->cursor.kind() != Kind::kArray) {
    return walk->Refuse("messages", "an array with at least one message");
  }
  walk->cursor.EnterArray();
  int count = 0;
  for (; walk->cursor.NextElement(); ++count) {
    if (!Message(walk, count).Read()) return false;
  }
  if (count == 0 && walk->cursor.ok()) {
    walk->refusal = MakeError(Reason::kBadRequest,
                              "messages: expected at least one message, found none", "messages");
    return false;
  }
  walk->request->messages = count;
  return true;
}

}  // namespace weir::chat
