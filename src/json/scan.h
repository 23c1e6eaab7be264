// One forward walk over a JSON text. simdjson's stage 1 checks UTF-8, finds every token and refuses
// raw controls in strings; the Cursor then visits each token once, in order, and checks the grammar
// as it goes. Nothing is lazy: a value that the caller does not want is walked by Skip() all the
// same.
//
// Why not simdjson's On Demand front end: it is header code for the instruction set of the *build*,
// and a build for plain x86-64 gets its byte-by-byte fallback, while stage 1 lives in the library
// and picks AVX at run time. On Demand also hides the ends of values, which a patch needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "json/token.h"

namespace weir::json {

// simdjson may read up to this many bytes past the end: every text that is indexed needs them
// allocated.
inline constexpr size_t kPadding = 64;
inline constexpr int kMaxDepth = 256;

// A half-open byte range of the parsed text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
  bool empty() const { return begin == end; }
  size_t size() const { return end - begin; }
  std::string_view of(std::string_view text) const { return text.substr(begin, size()); }
};

// kNone: no value stands here (the walk has failed or is over).
enum class Kind : uint8_t { kNone, kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };
std::string_view KindName(Kind kind);  // "an object", "a number", …

// kWhole refuses everything that is not JSON. kTokens is for texts that are relayed and only looked
// at: the grammar is checked, but broken UTF-8, broken escapes and odd numbers inside values pass.
enum class Check : uint8_t { kWhole, kTokens };

// Stands at one value of the text. The first error sticks: from then on no value stands anywhere,
// so every loop ends, and Finish() says what it was. Copies are independent walks.
//
//   if (cursor.EnterObject()) {
//     while (cursor.NextMember(&key)) cursor.Skip();   // each value is consumed exactly once
//   }
class Cursor {
 public:
  Kind kind() const { return kKinds[static_cast<uint8_t>(Peek())]; }
  // Where the value here begins, and where the last consumed token ended: the two ends of a Span.
  size_t offset() const { return next_ < end_ ? *next_ : text_.size(); }
  size_t consumed_end() const { return consumed_end_; }
  // Whether a comma stands before the token here; with consumed_end(), what deleting a member
  // needs.
  size_t previous_offset() const { return next_[-1]; }
  std::string_view text() const { return text_; }

  // Consume the bracket; false (and failed) when the value here is of another kind.
  bool EnterObject() { return Enter('{', "expected an object"); }
  bool EnterArray() { return Enter('[', "expected an array"); }
  // Moves to the next value, or consumes the closing bracket and returns false.
  bool NextMember(StringToken* key);
  bool NextElement();
  // The same with the key as it is written, between its quotes. Of a kTokens walk only: nothing
  // inside the key is checked.
  bool NextMember(std::string_view* raw_key);

  // Consume a scalar of that kind; fail on another one.
  StringToken String() {
    StringToken token;
    ReadString(&token);
    return token;
  }
  std::string_view Number();
  void Literal();

  // Consumes whatever value stands here, checking all of it.
  Span Skip();

  bool ok() const { return problem_ == nullptr; }
  // kInvalidJson with the byte offset when the walk failed or something follows the value.
  Result<void> Finish() const;

 private:
  friend class Index;
  Cursor(std::string_view text, const uint32_t* next, const uint32_t* end, Check check)
      : text_(text), next_(next), end_(end), check_(check) {}

  static constexpr std::array<Kind, 256> kKinds = [] {
    std::array<Kind, 256> kinds{};
    for (char digit = '0'; digit <= '9'; ++digit) kinds[digit] = Kind::kNumber;
    kinds['-'] = Kind::kNumber;
    kinds['{'] = Kind::kObject;
    kinds['['] = Kind::kArray;
    kinds['"'] = Kind::kString;
    kinds['t'] = Kind::kTrue;
    kinds['f'] = Kind::kFalse;
    kinds['n'] = Kind::kNull;
    return kinds;
  }();

  char Peek() const { return next_ < end_ ? text_.data()[*next_] : '\0'; }
  void Take() { consumed_end_ = *next_++ + 1; }
  std::string_view TakeScalar();
  bool TakeQuoted(std::string_view* raw);
  void ReadString(StringToken* token);
  bool AtMember();
  bool AtValue();
  bool Enter(char open, const char* expected);
  bool More(char open, char close);
  bool Fail(const char* problem);
  bool SkipKey();
  void SkipString();
  void SkipHere();

  std::string_view text_;
  const uint32_t* next_;
  const uint32_t* end_;
  Check check_;
  int depth_ = 0;
  size_t consumed_end_ = 0;
  const char* problem_ = nullptr;
  size_t problem_at_ = 0;
};

// Stage 1 and its buffers. One per worker; a Cursor is good until the next Begin().
class Index {
 public:
  Index();
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // kInvalidJson when the text is empty, starts with a byte order mark, is not UTF-8 (kWhole), has
  // an unclosed string or a raw control in one.
  Result<Cursor> Begin(std::string_view text, Check check);
  // Gives back what a huge text has made grow. Ends the life of its Cursor.
  void Trim();

 private:
  struct Stage1;
  Result<void> Grow(size_t bytes);

  std::unique_ptr<Stage1> stage1_;
};

}  // namespace weir::json
