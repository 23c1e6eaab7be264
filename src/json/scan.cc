#include "json/scan.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <string>

namespace weir::json {
namespace {

constexpr size_t kSmallestIndex = 16 << 10;
constexpr size_t kKeptIndex = 1 << 20;

bool IsBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

Error Invalid(size_t offset, std::string_view problem) {
  return MakeError(Reason::kInvalidJson,
                   fmt::format("invalid JSON at byte {}: {}", offset, problem));
}

std::string_view Explain(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      return "the body is empty";
    case simdjson::UTF8_ERROR:
      return "the body is not valid UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds a raw control character";
    default:
      return "the body is not JSON";
  }
}

}  // namespace

std::string_view KindName(Kind kind) {
  constexpr std::array<std::string_view, 8> kNames = {
      "nothing", "an object", "an array", "a string", "a number", "true", "false", "null"};
  return kNames[static_cast<size_t>(kind)];
}

bool Cursor::Fail(const char* problem) {
  if (problem_ == nullptr) {
    problem_ = problem;
    problem_at_ = offset();
  }
  next_ = end_;
  return false;
}

// What every token passes is one function with its callers.
[[gnu::always_inline]] inline std::string_view Cursor::TakeScalar() {
  size_t begin = *next_;
  ++next_;
  size_t end = offset();
  while (end > begin + 1 && IsBlank(text_.data()[end - 1])) --end;
  consumed_end_ = end;
  return {text_.data() + begin, end - begin};
}

bool Cursor::Enter(char open, const char* expected) {
  if (Peek() != open) return Fail(expected);
  if (++depth_ > kMaxDepth) return Fail("nested deeper than 256 levels");
  Take();
  return true;
}

[[gnu::always_inline]] inline bool Cursor::More(char open, char close) {
  if (!ok()) return false;
  // Only a container that has just been entered has its own bracket as the previous token.
  bool first = text_.data()[previous_offset()] == open;
  char here = Peek();
  if (here == close) {
    Take();
    --depth_;
    return false;
  }
  if (first) return true;
  if (here != ',') return Fail(close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
  Take();
  return true;
}

[[gnu::always_inline]] inline bool Cursor::AtMember() {
  return More('{', '}') && (Peek() == '"' || Fail("expected a member name in quotes"));
}

[[gnu::always_inline]] inline bool Cursor::AtValue() {
  if (Peek() != ':') return Fail("expected ':' after a member name");
  Take();
  return kind() != Kind::kNone || Fail("expected a value");
}

// A string token stands here.
[[gnu::always_inline]] inline bool Cursor::TakeQuoted(std::string_view* raw) {
  const uint32_t* here = next_;
  const std::string_view quoted = TakeScalar();
  if (quoted.size() >= 2 && quoted.back() == '"') {
    *raw = {quoted.data() + 1, quoted.size() - 2};
    return true;
  }
  next_ = here;
  return Fail("a string is not closed");
}

bool Cursor::NextMember(StringToken* key) {
  if (!AtMember()) return false;
  ReadString(key);
  return AtValue();
}

bool Cursor::NextMember(std::string_view* raw_key) {
  assert(check_ == Check::kTokens);
  return AtMember() && TakeQuoted(raw_key) && AtValue();
}

bool Cursor::NextElement() {
  if (!More('[', ']')) return false;
  return kind() != Kind::kNone || Fail("expected a value");
}

void Cursor::ReadString(StringToken* token) {
  *token = {};
  if (Peek() != '"') {
    Fail("expected a string");
    return;
  }
  const uint32_t* here = next_;
  std::string_view raw;
  if (!TakeQuoted(&raw) || MeasureString(raw, token) || check_ == Check::kTokens) return;
  next_ = here;
  Fail("a string holds a broken escape or half of a surrogate pair");
}

std::string_view Cursor::Number() {
  if (kind() != Kind::kNumber) {
    Fail("expected a number");
    return {};
  }
  const uint32_t* here = next_;
  std::string_view token = TakeScalar();
  if (check_ == Check::kTokens || IsNumber(token)) return token;
  next_ = here;
  Fail("not a number, or one that is too long or too large");
  return {};
}

void Cursor::Literal() {
  Kind expected = kind();
  if (expected < Kind::kTrue) {
    Fail("expected true, false or null");
    return;
  }
  const uint32_t* here = next_;
  if (TakeScalar() == KindName(expected)) return;
  next_ = here;
  Fail("not a value");
}

void Cursor::SkipString() {
  StringToken token;
  check_ == Check::kTokens ? void(TakeQuoted(&token.raw)) : ReadString(&token);
}

bool Cursor::SkipKey() {
  StringToken key;
  return check_ == Check::kTokens ? NextMember(&key.raw) : NextMember(&key);
}

void Cursor::SkipHere() {
  switch (kind()) {
    case Kind::kNone:
      Fail("expected a value");
      break;
    case Kind::kObject:
      if (!EnterObject()) break;
      while (SkipKey()) SkipHere();
      break;
    case Kind::kArray:
      if (!EnterArray()) break;
      while (NextElement()) SkipHere();
      break;
    case Kind::kString:
      SkipString();
      break;
    case Kind::kNumber:
      Number();
      break;
    case Kind::kTrue:
    case Kind::kFalse:
    case Kind::kNull:
      Literal();
      break;
  }
}

Span Cursor::Skip() {
  size_t begin = offset();
  SkipHere();
  return ok() ? Span{begin, consumed_end_} : Span{};
}

Result<void> Cursor::Finish() const {
  if (problem_ != nullptr) return Invalid(problem_at_, problem_);
  if (next_ != end_) return Invalid(*next_, "something follows the end of the value");
  return {};
}

struct Index::Stage1 {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

Index::Index() : stage1_(std::make_unique<Stage1>()) {}
Index::~Index() = default;

Result<void> Index::Grow(size_t bytes) {
  if (stage1_->parser && stage1_->parser->capacity() >= bytes) return {};
  size_t capacity = std::max(kSmallestIndex, bytes <= kKeptIndex ? std::bit_ceil(bytes) : bytes);
  stage1_->parser.reset();
  auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(
      capacity, 1, stage1_->parser);
  if (code == simdjson::SUCCESS) return {};
  stage1_->parser.reset();
  return MakeError(Reason::kOverloaded, "no memory to read the body");
}

Result<Cursor> Index::Begin(std::string_view text, Check check) {
  if (text.starts_with("\xEF\xBB\xBF")) return Invalid(0, "the body starts with a byte order mark");
  WEIR_CHECK_OK(Grow(text.size()));
  simdjson::internal::dom_parser_implementation& parser = *stage1_->parser;
  auto code = parser.stage1(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                            simdjson::stage1_mode::regular);
  // UTF-8 is judged after the last token has been found, so the index is whole.
  bool usable =
      code == simdjson::SUCCESS || (code == simdjson::UTF8_ERROR && check == Check::kTokens);
  if (!usable) {  // stage 1 judges the text as a whole: it does not say where
    return MakeError(Reason::kInvalidJson, fmt::format("invalid JSON: {}", Explain(code)));
  }
  const uint32_t* first = parser.structural_indexes.get();
  Cursor cursor(text, first, first + parser.n_structural_indexes, check);
  if (cursor.kind() == Kind::kNone) cursor.Fail("expected a value");
  return cursor;
}

void Index::Trim() {
  if (stage1_->parser && stage1_->parser->capacity() > kKeptIndex) stage1_->parser.reset();
}

}  // namespace weir::json
