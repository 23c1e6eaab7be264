// A text's words, numbers, CJK characters and signs, in their order: read once, for all that look
// at a prompt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "route/learned/text_map.h"
#include "route/learned/word_table.h"

namespace weir::route::learned {

struct Token {
  enum Kind : uint8_t {
    kWord,    // letters and digits of any script but CJK, and apostrophes between letters
    kNumber,  // ASCII digits alone
    kCjk,     // one character
    kSign     // one character; not ' '
  };
  uint64_t hash = 0;   // of a word: in small letters, without apostrophes; else of what it is
  uint32_t begin = 0;  // bytes of the text
  uint32_t end = 0;
  WordFacts facts;         // of a word
  uint32_t character = 0;  // code point of a kCjk or kSign
  Kind kind = kWord;
  bool wide = false;      // a word with characters outside ASCII
  bool compound = false;  // a word that a hyphen joins to the one before
};

// Bytes of a text.
struct Cut {
  uint32_t begin, end;
};

// Keeps its buffer: one a thread. Not thread-safe.
class Tokens {
 public:
  Tokens() = default;
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // O(text).
  void Read(const TextMap& text);
  // Forgets the tokens in `cuts`, which are in the order of the text.
  void Drop(std::span<const Cut> cuts);

  // Valid until the next call.
  std::span<const Token> all() const { return {tokens_.data(), end_}; }

 private:
  // What begins at a byte; each returns where it ends. Plain letters and digits go on to `end`.
  size_t ReadPlain(const char* lower, size_t begin, size_t end);
  size_t ReadOther(size_t at);
  // A word that is not all ASCII, or has an apostrophe.
  size_t ReadSpelled(size_t at);
  bool IsNumber(size_t begin, size_t end) const;
  void AddCharacter(Token::Kind kind, uint32_t code, size_t begin, size_t end);
  Token& Add(Token::Kind kind, size_t begin, size_t end);
  void AddWord(uint64_t hash, size_t begin, size_t end, bool wide);

  const WordTable& vocabulary_ = Vocabulary();
  std::string_view text_;
  std::vector<Token> tokens_;  // as many as the text has bytes
  Token* end_ = tokens_.data();
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();
  size_t hyphen_end_ = kNone;  // of the last one behind a word
};

}  // namespace weir::route::learned
