#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/strings.h"
#include "json/token.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace weir::json {
namespace {

constexpr uint32_t kBroken = 0xFFFFFFFF;
constexpr uint32_t kReplacement = 0xFFFD;

constexpr std::array<int8_t, 256> kHexDigits = [] {
  std::array<int8_t, 256> digits{};
  digits.fill(-1);
  for (int i = 0; i < 10; ++i) digits['0' + i] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    digits['a' + i] = digits['A' + i] = static_cast<int8_t>(10 + i);
  }
  return digits;
}();

// What the character behind a backslash stands for; 0 for none.
constexpr std::array<char, 256> kSimpleEscapes = [] {
  std::array<char, 256> escapes{};
  constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
  for (size_t i = 0; i < kFrom.size(); ++i) escapes[static_cast<uint8_t>(kFrom[i])] = kTo[i];
  return escapes;
}();

uint32_t HexQuad(const char* p, const char* end) {
  if (end - p < 4) return kBroken;
  auto digit = [p](int i) -> int { return kHexDigits[static_cast<uint8_t>(p[i])]; };
  int a = digit(0), b = digit(1), c = digit(2), d = digit(3);
  if ((a | b | c | d) < 0) return kBroken;
  return static_cast<uint32_t>(a << 12 | b << 8 | c << 4 | d);
}

// `*p` stands behind "\u" and moves behind what was read.
uint32_t UnicodeEscape(const char** p, const char* end) {
  uint32_t high = HexQuad(*p, end);
  if (high == kBroken) return kBroken;
  *p += 4;
  if (high < 0xD800 || high > 0xDFFF) return high;
  if (high > 0xDBFF || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u') return kBroken;
  uint32_t low = HexQuad(*p + 2, end);
  if (low == kBroken || low < 0xDC00 || low > 0xDFFF) return kBroken;
  *p += 6;
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// `*p` stands behind the backslash and moves behind the escape.
inline uint32_t Escape(const char** p, const char* end) {
  if (*p == end) return kBroken;
  uint8_t c = static_cast<uint8_t>(*(*p)++);
  if (kSimpleEscapes[c] != 0) return static_cast<uint8_t>(kSimpleEscapes[c]);
  return c == 'u' ? UnicodeEscape(p, end) : kBroken;
}

inline size_t Utf8Size(uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

inline char* PutUtf8(uint32_t code, char* to) {
  if (code < 0x80) {
    *to = static_cast<char>(code);
    return to + 1;
  }
  constexpr uint32_t kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  size_t size = Utf8Size(code);
  for (size_t i = size - 1; i > 0; --i) {
    to[i] = static_cast<char>(0x80 | (code & 0x3F));
    code >>= 6;
  }
  to[0] = static_cast<char>(kLead[size] | code);
  return to + size;
}

constexpr uint64_t kHighBits = 0x8080808080808080;
constexpr uint64_t kLowBits = 0x0101010101010101;

// Not 0 when one of the eight bytes is a backslash or not ASCII.
inline uint64_t Specials(uint64_t word) {
  uint64_t slash = word ^ (kLowBits * '\\');
  return (word | ((slash - kLowBits) & ~slash)) & kHighBits;
}

template <class Word>
uint64_t WordAt(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Whether a short text is ASCII without a backslash: what keys, roles and ids are. Loads overlap.
inline bool IsShortPlain(std::string_view text) {
  const char* p = text.data();
  size_t n = text.size();
  if (n >= 8) {
    uint64_t found = Specials(WordAt<uint64_t>(p + n - 8));
    for (size_t i = 0; i + 8 < n; i += 8) found |= Specials(WordAt<uint64_t>(p + i));
    return found == 0;
  }
  if (n >= 4) return Specials(WordAt<uint32_t>(p) << 32 | WordAt<uint32_t>(p + n - 4)) == 0;
  return std::none_of(p, p + n,
                      [](char c) { return c == '\\' || static_cast<uint8_t>(c) >= 0x80; });
}

// 16 bytes at once. memchr is as fast on long runs but costs more per call than the few bytes that
// lie between two escapes of source code or quoted JSON.
constexpr ptrdiff_t kBlock = 16;

#if defined(__SSE2__)
using Block = __m128i;
inline Block Load(const char* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
inline void Store(Block block, char* p) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), block);
}
inline uint32_t Backslashes(Block block) {
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));
}
inline uint32_t WideBytes(Block block) {
  return static_cast<uint32_t>(_mm_movemask_epi8(block));
}
// Whether all of 64 bytes are ASCII without a backslash.
inline bool ArePlain(const char* p) {
  const __m128i slash = _mm_set1_epi8('\\');
  const Block a = Load(p), b = Load(p + kBlock), c = Load(p + 2 * kBlock), d = Load(p + 3 * kBlock);
  const Block wide = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
  const Block slashes =
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(a, slash), _mm_cmpeq_epi8(b, slash)),
                   _mm_or_si128(_mm_cmpeq_epi8(c, slash), _mm_cmpeq_epi8(d, slash)));
  return _mm_movemask_epi8(_mm_or_si128(wide, slashes)) == 0;
}
#else
using Block = std::array<char, kBlock>;
inline Block Load(const char* p) {
  Block block;
  std::memcpy(block.data(), p, kBlock);
  return block;
}
inline void Store(const Block& block, char* p) {
  std::memcpy(p, block.data(), kBlock);
}
inline uint32_t Backslashes(const Block& block) {
  uint32_t mask = 0;
  for (ptrdiff_t i = 0; i < kBlock; ++i) mask |= uint32_t{block[i] == '\\'} << i;
  return mask;
}
inline uint32_t WideBytes(const Block& block) {
  uint32_t mask = 0;
  for (ptrdiff_t i = 0; i < kBlock; ++i) mask |= uint32_t{static_cast<uint8_t>(block[i]) >> 7} << i;
  return mask;
}
inline bool ArePlain(const char* p) {
  for (ptrdiff_t i = 0; i < 4; ++i) {
    const Block block = Load(p + i * kBlock);
    if ((Backslashes(block) | WideBytes(block)) != 0) return false;
  }
  return true;
}
#endif

// The next backslash, or `end`. Adds the bytes before it that are not ASCII to `*wide`.
inline const char* FindBackslash(const char* p, const char* end, size_t* wide) {
  while (end - p >= 4 * kBlock && ArePlain(p)) p += 4 * kBlock;
  for (; end - p >= kBlock; p += kBlock) {
    const Block block = Load(p);
    const uint32_t found = Backslashes(block);
    uint32_t high = WideBytes(block);
    if (found != 0) high &= (found & (0 - found)) - 1;
    if (high != 0) *wide += static_cast<size_t>(std::popcount(high));
    if (found != 0) return p + std::countr_zero(found);
  }
  for (; p != end && *p != '\\'; ++p) *wide += static_cast<uint8_t>(*p) >> 7;
  return p;
}

// Writes until `limit` is reached or passed, by at most a block: the room there must be.
char* Unescape(const char* p, const char* end, char* to, const char* limit) {
  while (p != end && to < limit) {
    if (*p == '\\') {
      ++p;
      uint32_t code = Escape(&p, end);
      to = PutUtf8(code == kBroken ? kReplacement : code, to);
    } else if (end - p >= kBlock) {
      Block block = Load(p);
      Store(block, to);
      uint32_t found = Backslashes(block);
      ptrdiff_t run = found != 0 ? std::countr_zero(found) : kBlock;
      p += run;
      to += run;
    } else {
      *to++ = *p++;
    }
  }
  return to;
}

}  // namespace

bool MeasureString(std::string_view raw, StringToken* token) {
  constexpr size_t kShort = 64;
  if (raw.size() <= kShort && IsShortPlain(raw)) {
    *token = {raw, raw.size(), 0, false};
    return true;
  }
  const char* begin = raw.data();
  const char* end = begin + raw.size();
  size_t wide = 0;
  const char* p = FindBackslash(begin, end, &wide);
  *token = {raw, raw.size(), 0, p != end};
  bool sound = true;
  while (p != end) {
    const char* escape = p++;
    uint32_t code = Escape(&p, end);
    if (code == kBroken) {
      sound = false;
      code = kReplacement;
    }
    size_t size = Utf8Size(code);
    token->bytes = token->bytes + size - static_cast<size_t>(p - escape);
    if (size > 1) token->wide_bytes += size;
    if (p == end || *p != '\\') p = FindBackslash(p, end, &wide);
  }
  token->wide_bytes += wide;
  return sound;
}

void AppendUnescaped(const StringToken& token, std::string* out, size_t max_bytes) {
  if (!token.escaped) {
    out->append(Utf8Prefix(token.raw, max_bytes));
    return;
  }
  size_t begin = out->size();
  size_t wanted = std::min(token.bytes, max_bytes);
  // A byte more than is wanted shows Utf8Prefix where a cut character begins.
  out->resize(begin + wanted + 1 + kBlock);
  char* to = out->data() + begin;
  const char* raw = token.raw.data();
  char* written = Unescape(raw, raw + token.raw.size(), to, to + wanted + 1);
  std::string_view text(to, static_cast<size_t>(written - to));
  out->resize(begin + Utf8Prefix(text, wanted).size());
}

std::string Unescaped(const StringToken& token) {
  std::string text;
  AppendUnescaped(token, &text);
  return text;
}

}  // namespace weir::json
