#include <fmt/format.h>

#include "chat/walk.h"

namespace weir::chat {
namespace {

using json::Kind;

class Inputs {
 public:
  Inputs(Walk* walk, std::string_view param, bool objects_allowed)
      : walk_(*walk), cursor_(walk->cursor), param_(param), objects_allowed_(objects_allowed) {}

  bool Read() {
    walk_.texts->BeginMessage();
    if (cursor_.kind() == Kind::kString) {
      walk_.texts->Add(cursor_.String(), true);
      walk_.request->messages = 1;
    } else if (cursor_.kind() != Kind::kArray) {
      return walk_.Refuse(param_, "a string or an array");
    } else if (!ReadArray()) {
      return false;
    }
    walk_.texts->EndMessage(true);
    return true;
  }

 private:
  bool ReadArray() {
    bool tokens = false;
    int count = 0;
    cursor_.EnterArray();
    for (; cursor_.NextElement(); ++count) {
      tokens = tokens || cursor_.kind() == Kind::kNumber;
      if (!ReadElement(count)) return false;
    }
    if (count == 0 && cursor_.ok()) {
      walk_.refusal = MakeError(Reason::kBadRequest, fmt::format("{}: the array is empty", param_),
                                std::string(param_));
      return false;
    }
    // A flat array of numbers is one prompt.
    walk_.request->messages = tokens ? 1 : count;
    return true;
  }

  bool ReadElement(int number) {
    switch (cursor_.kind()) {
      case Kind::kString:
        walk_.texts->Add(cursor_.String(), true);
        return true;
      case Kind::kNumber:
        return ReadTokenId(number);
      case Kind::kArray:
        return ReadTokenIds(number);
      case Kind::kObject:
        if (!objects_allowed_) break;
        walk_.request->other_bytes += static_cast<int64_t>(cursor_.Skip().size());
        return true;
      default:
        break;
    }
    return walk_.Refuse(fmt::format("{}[{}]", param_, number), "a string or token numbers");
  }

  bool ReadTokenIds(int number) {
    cursor_.EnterArray();
    while (cursor_.NextElement()) {
      if (!ReadTokenId(number)) return false;
    }
    return true;
  }

  bool ReadTokenId(int number) {
    bool is_number = cursor_.kind() == Kind::kNumber;
    std::optional<int64_t> id = is_number ? json::IntegerOf(cursor_.Number()) : std::nullopt;
    if (!cursor_.ok()) return true;
    if (!id || *id < 0) {
      std::string param = fmt::format("{}[{}]", param_, number);
      walk_.refusal = MakeError(Reason::kBadRequest,
                                param + ": expected token numbers, whole and not negative", param);
      return false;
    }
    ++walk_.request->token_ids;
    return true;
  }

  Walk& walk_;
  json::Cursor& cursor_;
  std::string_view param_;
  bool objects_allowed_;
};

}  // namespace

bool ReadInputs(Walk* walk, std::string_view param, bool objects_allowed) {
  return Inputs(walk, param, objects_allowed).Read();
}

}  // namespace weir::chat
