#include "json/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace weir::json {
namespace {

Error WrongType(std::string_view name, std::string_view expected, Kind found) {
  return MakeError(Reason::kBadRequest,
                   fmt::format("{}: expected {}, found {}", name, expected, KindName(found)),
                   std::string(name));
}

// simdjson wants readable bytes behind the text.
std::string Padded(std::string_view text) {
  std::string padded;
  padded.reserve(text.size() + kPadding);
  padded = text;
  return padded;
}

}  // namespace

Result<Object> Object::Parse(std::string_view text) {
  Object object;
  object.text_ = Padded(text);
  Index index;
  WEIR_TRY(Cursor cursor, index.Begin(object.text_, Check::kWhole));
  StringToken key;
  cursor.EnterObject();
  while (cursor.NextMember(&key)) {
    Member member{Unescaped(key), cursor.kind(), {}};
    if (object.Has(member.name)) {
      return MakeError(Reason::kInvalidJson, "a member is given twice",
                       std::string(Utf8Prefix(member.name, 64)));
    }
    if (object.members_.size() == kMaxMembers) {
      return MakeError(Reason::kBadRequest, fmt::format("more than {} members", kMaxMembers));
    }
    member.span = cursor.Skip();
    object.members_.push_back(std::move(member));
  }
  WEIR_CHECK_OK(cursor.Finish());
  return object;
}

const Object::Member* Object::Find(std::string_view name) const {
  auto found = std::find_if(members_.begin(), members_.end(),
                            [&](const Member& member) { return member.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

const Object::Member* Object::FindValue(std::string_view name) const {
  const Member* member = Find(name);
  return member && member->kind != Kind::kNull ? member : nullptr;
}

Kind Object::KindOf(std::string_view name) const {
  const Member* member = Find(name);
  return member ? member->kind : Kind::kNone;
}

std::string_view Object::Raw(std::string_view name) const {
  const Member* member = Find(name);
  return member ? member->span.of(text_) : std::string_view();
}

std::vector<std::string_view> Object::Names() const {
  std::vector<std::string_view> names;
  for (const Member& member : members_) names.push_back(member.name);
  return names;
}

Result<std::optional<std::string>> Object::String(std::string_view name) const {
  const Member* member = FindValue(name);
  if (!member) return std::optional<std::string>();
  if (member->kind != Kind::kString) return WrongType(name, "a string", member->kind);
  std::string_view quoted = member->span.of(text_);
  StringToken token;
  MeasureString(quoted.substr(1, quoted.size() - 2), &token);
  return std::optional(Unescaped(token));
}

Result<std::optional<int64_t>> Object::Int(std::string_view name) const {
  const Member* member = FindValue(name);
  if (!member) return std::optional<int64_t>();
  std::optional<int64_t> value;
  if (member->kind == Kind::kNumber) value = IntegerOf(member->span.of(text_));
  if (!value) return WrongType(name, "a whole number", member->kind);
  return value;
}

Result<std::optional<double>> Object::Double(std::string_view name) const {
  const Member* member = FindValue(name);
  if (!member) return std::optional<double>();
  if (member->kind != Kind::kNumber) return WrongType(name, "a number", member->kind);
  const std::string_view digits = member->span.of(text_);
  double value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc()) return WrongType(name, "a number of ordinary size", member->kind);
  return std::optional(value);
}

Result<std::optional<bool>> Object::Bool(std::string_view name) const {
  const Member* member = FindValue(name);
  if (!member) return std::optional<bool>();
  if (member->kind != Kind::kTrue && member->kind != Kind::kFalse) {
    return WrongType(name, "true or false", member->kind);
  }
  return std::optional(member->kind == Kind::kTrue);
}

Result<std::string> Object::RequiredString(std::string_view name) const {
  WEIR_TRY(std::optional<std::string> value, String(name));
  if (!value) return WrongType(name, "a string", KindOf(name));
  return *std::move(value);
}

Result<std::vector<std::string_view>> Elements(std::string_view text) {
  std::string padded = Padded(text);
  Index index;
  WEIR_TRY(Cursor cursor, index.Begin(padded, Check::kWhole));
  std::vector<std::string_view> elements;
  cursor.EnterArray();
  while (cursor.NextElement()) elements.push_back(cursor.Skip().of(text));
  WEIR_CHECK_OK(cursor.Finish());
  return elements;
}

}  // namespace weir::json
