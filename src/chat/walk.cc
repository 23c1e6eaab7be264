#include "chat/walk.h"

#include <fmt/format.h>

namespace weir::chat {

bool Walk::Refuse(std::string_view param, std::string_view expected) {
  if (!cursor.ok() || refusal) return false;
  refusal = MakeError(
      Reason::kBadRequest,
      fmt::format("{}: expected {}, found {}", param, expected, json::KindName(cursor.kind())),
      std::string(param));
  return false;
}

bool Walk::RefuseDuplicate(std::string_view param) {
  if (refusal) return false;
  refusal = MakeError(Reason::kInvalidJson, fmt::format("\"{}\" is given twice", param),
                      std::string(param));
  return false;
}

std::string_view Walk::Name(const json::StringToken& key) {
  constexpr size_t kLongestName = 64;
  if (key.bytes > kLongestName) return {};
  if (!key.escaped) return key.raw;
  scratch->clear();
  json::AppendUnescaped(key, scratch);
  return *scratch;
}

bool Walk::ReadBool(std::string_view param, bool* value) {
  json::Kind kind = cursor.kind();
  if (kind < json::Kind::kTrue) return Refuse(param, "true or false");
  if (kind != json::Kind::kNull) *value = kind == json::Kind::kTrue;
  cursor.Literal();
  return true;
}

bool Walk::ReadInteger(std::string_view param, int64_t min, int64_t max, int64_t* value) {
  json::Kind kind = cursor.kind();
  if (kind == json::Kind::kNull) {
    cursor.Literal();
    return true;
  }
  std::optional<int64_t> number;
  if (kind == json::Kind::kNumber) number = json::IntegerOf(cursor.Number());
  if (!cursor.ok()) return true;
  if (number && *number >= min && *number <= max) {
    *value = *number;
    return true;
  }
  refusal = MakeError(Reason::kBadRequest,
                      fmt::format("{}: expected a whole number from {} to {}", param, min, max),
                      std::string(param));
  return false;
}

}  // namespace weir::chat
