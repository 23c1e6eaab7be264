#include "quality/comparison.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "json/scan.h"
#include "quality/decimal.h"

namespace weir::quality {
namespace {

// Code, and lists whose indents say what belongs to what: blanks and case may be all that differs.
bool IsLaidOut(std::string_view text) {
  return text.find("```") != std::string_view::npos || text.find("\n ") != std::string_view::npos ||
         text.find("\n\t") != std::string_view::npos;
}

// What is left when blanks, case and trailing punctuation do not count.
std::string Plain(std::string_view text) {
  if (IsLaidOut(Trim(text))) return std::string(Trim(text));
  std::string plain;
  plain.reserve(text.size());
  for (const char c : Trim(text)) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!blank) {
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    } else if (!plain.ends_with(' ')) {
      plain += ' ';
    }
  }
  const size_t last = plain.find_last_not_of(".!?;:, ");
  // An answer of nothing but signs is its signs.
  return last == std::string::npos ? plain : plain.substr(0, last + 1);
}

// The inside of "```json … ```", or the text itself.
std::string_view WithoutFence(std::string_view text) {
  text = Trim(text);
  if (text.size() < 8 || !text.starts_with("```") || !text.ends_with("```")) return text;
  const size_t line = text.find('\n');
  if (line == std::string_view::npos || line + 3 > text.size() - 3) return text;
  return Trim(text.substr(line, text.size() - 3 - line));
}

// Appends the value at the cursor as a text that equal values share. False: a number that cannot be
// compared by value. Depth is bounded by the cursor.
bool AppendCanonical(json::Cursor& cursor, std::string* out);  // NOLINT(misc-no-recursion)

bool AppendObject(json::Cursor& cursor, std::string* out) {  // NOLINT(misc-no-recursion)
  std::vector<std::pair<std::string, std::string>> members;
  json::StringToken key;
  if (!cursor.EnterObject()) return false;
  while (cursor.NextMember(&key)) {
    auto& member = members.emplace_back(json::Unescaped(key), std::string());
    if (!AppendCanonical(cursor, &member.second)) return false;
  }
  std::ranges::sort(members);
  *out += '{';
  for (const auto& [name, value] : members) {
    AppendJsonString(out, name);
    *out += ':' + value + ',';
  }
  *out += '}';
  return true;
}

bool AppendArray(json::Cursor& cursor, std::string* out) {  // NOLINT(misc-no-recursion)
  if (!cursor.EnterArray()) return false;
  *out += '[';
  while (cursor.NextElement()) {
    if (!AppendCanonical(cursor, out)) return false;
    *out += ',';
  }
  *out += ']';
  return true;
}

bool AppendCanonical(json::Cursor& cursor, std::string* out) {  // NOLINT(misc-no-recursion)
  switch (cursor.kind()) {
    case json::Kind::kObject:
      return AppendObject(cursor, out);
    case json::Kind::kArray:
      return AppendArray(cursor, out);
    case json::Kind::kString:
      AppendJsonString(out, json::Unescaped(cursor.String()));
      return true;
    case json::Kind::kNumber: {
      const std::optional<std::string> number = CanonicalDecimal(cursor.Number());
      if (number) *out += *number;
      return number.has_value();
    }
    case json::Kind::kTrue:
    case json::Kind::kFalse:
    case json::Kind::kNull: {
      const size_t begin = cursor.offset();
      cursor.Literal();
      if (!cursor.ok()) return false;
      *out += cursor.text().substr(begin, cursor.consumed_end() - begin);
      return true;
    }
    case json::Kind::kNone:
      return false;
  }
  return false;
}

// Of an object or array; nullopt for anything else.
std::optional<std::string> CanonicalJson(std::string_view text, json::Index& index) {
  text = WithoutFence(text);
  if (text.empty() || (text[0] != '{' && text[0] != '[')) return std::nullopt;
  std::string padded;
  padded.reserve(text.size() + json::kPadding);
  padded = text;
  Result<json::Cursor> cursor = index.Begin(padded, json::Check::kWhole);
  std::string canonical;
  if (!cursor || !AppendCanonical(*cursor, &canonical) || !cursor->Finish()) return std::nullopt;
  return canonical;
}

bool SameJson(std::string_view a, std::string_view b) {
  json::Index index;
  const std::optional<std::string> first = CanonicalJson(a, index);
  return first && first == CanonicalJson(b, index);
}

bool LooksLikeJson(std::string_view text) {
  text = WithoutFence(text);
  return text.starts_with('{') || text.starts_with('[');
}

bool SameNumber(std::string_view a, std::string_view b) {
  if (LooksLikeJson(a) || LooksLikeJson(b)) return false;
  const std::optional<Quantity> first = FinalQuantity(a);
  const std::optional<Quantity> second = FinalQuantity(b);
  if (!first || !second) return false;
  // Two essays that end in the same year do not say the same.
  if (!first->alone && !second->alone) return false;
  return first->value == second->value && first->unit == second->unit;
}

}  // namespace

std::optional<Verdict> Compare(std::string_view routed, std::string_view baseline) {
  if (routed == baseline) return Verdict{Outcome::kTie, DecidedBy::kExact, "the same text"};
  if (routed.size() > kMaxCompared || baseline.size() > kMaxCompared) return std::nullopt;
  if (Plain(routed) == Plain(baseline)) {
    return Verdict{Outcome::kTie, DecidedBy::kExact, "the same text, blanks and case aside"};
  }
  if (SameJson(routed, baseline)) {
    return Verdict{Outcome::kTie, DecidedBy::kJson, "the same JSON value"};
  }
  if (SameNumber(routed, baseline)) {
    return Verdict{Outcome::kTie, DecidedBy::kNumber, "the same number"};
  }
  return std::nullopt;
}

}  // namespace weir::quality
