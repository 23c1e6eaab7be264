#include "route/learned/tokens.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace weir::route::learned {
namespace {

constexpr char32_t kCurlyApostrophe = 0x2019;
constexpr size_t kLongestSpelled = 64;

// U+FFFD, of one byte, where the text is not UTF-8.
struct Character {
  uint32_t code = 0;
  size_t end = 0;
};
Character CharacterAt(std::string_view text, size_t at) {
  auto next = static_cast<int32_t>(at);
  UChar32 code = 0;
  U8_NEXT_OR_FFFD(text.data(), next, static_cast<int32_t>(text.size()), code);
  return {static_cast<uint32_t>(code), static_cast<size_t>(next)};
}

bool IsLetterOrMark(uint32_t code) {
  const auto c = static_cast<UChar32>(code);
  return u_isalnum(c) != 0 || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

bool IsApostrophe(uint32_t code) {
  return code == '\'' || code == kCurlyApostrophe;
}

// A word as it is hashed.
class Spelling {
 public:
  void Append(uint32_t code) {
    if (size_ + U8_MAX_LENGTH > kLongestSpelled) return;
    const auto small = static_cast<UChar32>(u_tolower(static_cast<UChar32>(code)));
    U8_APPEND_UNSAFE(bytes_.data(), size_, small);
  }
  uint64_t Hash() const { return HashWord(bytes_.data(), size_); }

 private:
  std::array<char, kLongestSpelled + sizeof(uint64_t)> bytes_{};
  size_t size_ = 0;
};

}  // namespace

void Tokens::Read(const TextMap& text) {
  text_ = text.text();
  hyphen_end_ = kNone;
  if (tokens_.size() < text_.size()) tokens_.resize(text_.size());
  end_ = tokens_.data();
  constexpr uint64_t kTopBit = uint64_t{1} << 63;
  const char* const lower = text.lower();
  size_t next = 0;
  uint64_t in_word = 0;  // whether the byte before the block is of a word
  for (size_t block = 0; block < text.blocks(); ++block) {
    const uint64_t words = text.Block(TextMap::kPlain, block);
    const uint64_t others = ~words & ~text.Block(TextMap::kSpace, block) & text.Within(block);
    const uint64_t begins = words & ~(words << 1 | in_word);
    in_word = words >> 63;
    for (uint64_t left = begins | others; left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left));
      const size_t at = 64 * block + bit;
      if (at < next) continue;
      if ((words >> bit & 1) != 0) {
        // A shift brings zeros in, so that there is one to be found; the bit tells the compiler.
        const uint64_t more = words >> bit >> 1;
        const size_t end = at + 1 + static_cast<unsigned>(std::countr_zero(~more | kTopBit));
        next = ReadPlain(lower, at, end % 64 == 0 ? text.SkipPlain(end) : end);
      } else {
        next = ReadOther(at);
      }
    }
  }
}

inline size_t Tokens::ReadPlain(const char* lower, size_t begin, size_t end) {
  const auto after = static_cast<unsigned char>(lower[end]);
  if (after >= 0x80 || after == '\'') return ReadSpelled(begin);
  if (IsDigit(static_cast<unsigned char>(lower[begin])) && IsNumber(begin, end)) {
    Add(Token::kNumber, begin, end).hash = HashWord(lower + begin, end - begin);
  } else {
    AddWord(HashWord(lower + begin, end - begin), begin, end, false);
  }
  return end;
}

inline Token& Tokens::Add(Token::Kind kind, size_t begin, size_t end) {
  Token& token = *end_++;
  token.begin = static_cast<uint32_t>(begin);
  token.end = static_cast<uint32_t>(end);
  token.kind = kind;
  return token;
}

inline void Tokens::AddWord(uint64_t hash, size_t begin, size_t end, bool wide) {
  Token& token = Add(Token::kWord, begin, end);
  token.hash = hash;
  token.wide = wide;
  token.facts = vocabulary_.Find(hash);
  token.compound = begin == hyphen_end_;
}

bool Tokens::IsNumber(size_t begin, size_t end) const {
  const auto is_digit = [](char c) { return IsDigit(static_cast<unsigned char>(c)); };
  return std::all_of(text_.data() + begin, text_.data() + end, is_digit);
}

void Tokens::AddCharacter(Token::Kind kind, uint32_t code, size_t begin, size_t end) {
  Token& token = Add(kind, begin, end);
  token.character = code;
  token.hash = code;
}

size_t Tokens::ReadSpelled(size_t begin) {
  Spelling spelling;
  size_t at = begin;
  bool wide = false;
  while (at < text_.size()) {
    const Character character = CharacterAt(text_, at);
    if (IsApostrophe(character.code) && at > begin && character.end < text_.size() &&
        IsLetter(static_cast<unsigned char>(text_[character.end]))) {
      at = character.end;
      continue;
    }
    if (IsCjk(character.code) || !IsLetterOrMark(character.code)) break;
    spelling.Append(character.code);
    wide |= character.code >= 0x80;
    at = character.end;
  }
  if (IsNumber(begin, at)) {
    Add(Token::kNumber, begin, at).hash = spelling.Hash();
  } else {
    AddWord(spelling.Hash(), begin, at, wide);
  }
  return at;
}

size_t Tokens::ReadOther(size_t at) {
  const auto byte = static_cast<unsigned char>(text_.data()[at]);
  if (byte < 0x80) {
    const bool hyphen = byte == '-' && end_ != tokens_.data() && end_[-1].kind == Token::kWord &&
                        end_[-1].end == at;
    if (hyphen) hyphen_end_ = at + 1;
    AddCharacter(Token::kSign, byte, at, at + 1);
    return at + 1;
  }
  const Character character = CharacterAt(text_, at);
  const bool cjk = IsCjk(character.code);
  if (!cjk && IsLetterOrMark(character.code)) return ReadSpelled(at);
  AddCharacter(cjk ? Token::kCjk : Token::kSign, character.code, at, character.end);
  return character.end;
}

void Tokens::Drop(std::span<const Cut> cuts) {
  const auto from = [this](Token* first, uint32_t byte) {
    return std::partition_point(first, end_,
                                [=](const Token& token) { return token.begin < byte; });
  };
  if (cuts.empty()) return;
  Token* kept = from(tokens_.data(), cuts.front().begin);
  Token* next = kept;
  for (const Cut& cut : cuts) {
    Token* const gone = from(next, cut.begin);
    kept = kept == next ? gone : std::move(next, gone, kept);
    next = from(gone, cut.end);
  }
  end_ = kept == next ? end_ : std::move(next, end_, kept);
}

}  // namespace weir::route::learned
