#include "route/learned/text_map.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::route::learned {
namespace {

constexpr size_t kBlock = 64;

// What a byte is by itself; kRepeat is by its neighbour.
constexpr std::array<uint16_t, 256> kKindsOfByte = [] {
  std::array<uint16_t, 256> kinds{};
  const auto add = [&kinds](std::string_view bytes, TextMap::Kind kind) {
    for (const char c : bytes) {
      kinds[static_cast<unsigned char>(c)] |= static_cast<uint16_t>(1U << kind);
    }
  };
  for (unsigned c = 0; c < 256; ++c) {
    const auto byte = static_cast<unsigned char>(c);
    const char text[] = {static_cast<char>(byte)};
    const std::string_view one(text, 1);
    if (IsLetter(byte) || IsDigit(byte)) add(one, TextMap::kPlain);
    if (IsDigit(byte)) add(one, TextMap::kDigit);
    if (byte >= 0x80) add(one, TextMap::kWide);
    if (byte >= 'A' && byte <= 'Z') add(one, TextMap::kCapital);
  }
  add("aeiouyAEIOUY", TextMap::kVowel);
  add(" ", TextMap::kSpace);
  add(" \t\n\r", TextMap::kBlank);
  add("\n", TextMap::kNewline);
  return kinds;
}();

}  // namespace

void TextMap::Begin(std::string_view text) {
  text_ = text;
  blocks_ = (text.size() + kBlock - 1) / kBlock;
  stride_ = blocks_ + 1;
  counts_ = {};
  if (lower_.size() < kBlock * stride_ + kPadding) lower_.resize(kBlock * stride_ + kPadding);
  if (maps_.size() < kKinds * stride_ + 1) maps_.resize(kKinds * stride_ + 1);
  for (size_t kind = 0; kind < kKinds; ++kind) maps_[kind * stride_ + blocks_] = 0;
  maps_[kKinds * stride_] = 0;
}

void TextMap::End() {
  std::memset(lower_.data() + text_.size(), 0, kPadding);
  ascii_ = counts_[kWide] == 0;
}

void TextMap::MapBlockPortable(size_t block) {
  const size_t begin = block * kBlock;
  const size_t end = std::min(begin + kBlock, text_.size());
  std::array<uint64_t, kKinds> maps{};
  for (size_t at = begin; at < end; ++at) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    const uint64_t kinds = kKindsOfByte[byte];
    for (size_t kind = 0; kind < kKinds; ++kind) maps[kind] |= (kinds >> kind & 1) << (at - begin);
    if (at > 0 && text_[at] == text_[at - 1]) maps[kRepeat] |= uint64_t{1} << (at - begin);
    const bool capital = (kinds >> kCapital & 1) != 0;
    lower_[at] = static_cast<char>(capital ? byte | 0x20 : byte);
  }
  for (size_t kind = 0; kind < kKinds; ++kind) {
    maps_[kind * stride_ + block] = maps[kind];
    counts_[kind] += static_cast<uint32_t>(std::popcount(maps[kind]));
  }
}

void TextMap::ReadPortable(std::string_view text) {
  Begin(text);
  for (size_t block = 0; block < blocks_; ++block) MapBlockPortable(block);
  End();
}

#if defined(__x86_64__)
// Lambdas would not inherit the target.
#define WEIR_AVX2 __attribute__((target("avx2"), always_inline)) inline

namespace {

WEIR_AVX2 __m256i Equal(__m256i bytes, char c) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}
// Bytes from `first` to `first` + `more`, as unsigned numbers.
WEIR_AVX2 __m256i InRange(__m256i bytes, char first, char more) {
  const __m256i from = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(from, _mm256_set1_epi8(more)), from);
}
WEIR_AVX2 __m256i Or(__m256i a, __m256i b) {
  return _mm256_or_si256(a, b);
}
WEIR_AVX2 uint64_t Mask(__m256i bytes) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}

struct Half {
  std::array<uint64_t, TextMap::kKinds> maps;
  __m256i lower;
};

// `before`: the 32 bytes before `bytes`.
WEIR_AVX2 void MapHalf(__m256i before, __m256i bytes, Half* half) {
  const __m256i small = Or(bytes, _mm256_set1_epi8(0x20));
  const __m256i letters = InRange(small, 'a', 25);
  const __m256i digits = InRange(bytes, '0', 9);
  const __m256i case_bit = _mm256_and_si256(letters, _mm256_set1_epi8(0x20));
  const __m256i spaces = Equal(bytes, ' ');
  const __m256i newlines = Equal(bytes, '\n');
  const __m256i other_blanks = Or(Equal(bytes, '\t'), Equal(bytes, '\r'));
  const __m256i aei = Or(Or(Equal(small, 'a'), Equal(small, 'e')), Equal(small, 'i'));
  const __m256i ouy = Or(Or(Equal(small, 'o'), Equal(small, 'u')), Equal(small, 'y'));
  const __m256i shifted =
      _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(before, bytes, 0x21), 15);
  half->lower = Or(bytes, case_bit);
  half->maps[TextMap::kPlain] = Mask(Or(letters, digits));
  half->maps[TextMap::kDigit] = Mask(digits);
  half->maps[TextMap::kWide] = Mask(bytes);
  half->maps[TextMap::kCapital] =
      Mask(_mm256_andnot_si256(_mm256_cmpeq_epi8(half->lower, bytes), letters));
  half->maps[TextMap::kVowel] = Mask(Or(aei, ouy));
  half->maps[TextMap::kSpace] = Mask(spaces);
  half->maps[TextMap::kBlank] = Mask(Or(Or(spaces, newlines), other_blanks));
  half->maps[TextMap::kNewline] = Mask(newlines);
  half->maps[TextMap::kRepeat] = Mask(_mm256_cmpeq_epi8(bytes, shifted));
}

}  // namespace

__attribute__((target("avx2,popcnt"))) void TextMap::MapAvx2() {
  constexpr size_t kWidth = sizeof(__m256i);
  // Nothing is as the first byte's neighbour.
  __m256i before = _mm256_set1_epi8(text_.empty() ? '\0' : static_cast<char>(~text_.front()));
  for (size_t block = 0; block < blocks_; ++block) {
    const char* from = text_.data() + block * kBlock;
    char last[kBlock];
    if (const size_t left = text_.size() - block * kBlock; left < kBlock) {
      std::memset(last, 0, sizeof last);
      from = static_cast<const char*>(std::memcpy(last, from, left));
    }
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + kWidth));
    Half halves[2];
    MapHalf(before, first, &halves[0]);
    MapHalf(first, second, &halves[1]);
    before = second;
    auto* const to = reinterpret_cast<__m256i*>(lower_.data() + block * kBlock);
    _mm256_storeu_si256(to, halves[0].lower);
    _mm256_storeu_si256(to + 1, halves[1].lower);
    uint64_t* map = maps_.data() + block;
#pragma GCC unroll 9
    for (size_t kind = 0; kind < kKinds; ++kind, map += stride_) {
      *map = halves[0].maps[kind] | halves[1].maps[kind] << kWidth;
      counts_.data()[kind] += static_cast<uint32_t>(_mm_popcnt_u64(*map));
    }
  }
  if (blocks_ == 0) return;
  // The NULs behind the text are like each other.
  uint64_t& last = maps_[kRepeat * stride_ + blocks_ - 1];
  counts_[kRepeat] -= static_cast<uint32_t>(_mm_popcnt_u64(last & ~Within(blocks_ - 1)));
  last &= Within(blocks_ - 1);
}
#endif

void TextMap::Read(std::string_view text) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
    Begin(text);
    MapAvx2();
    return End();
  }
#endif
  ReadPortable(text);
}

uint32_t TextMap::Count(Kind kind, size_t begin, size_t end) const {
  uint32_t count = 0;
  for (size_t at = begin; at < end; at += kBlock) {
    const uint64_t bits = From(kind, at);
    const size_t left = end - at;
    count += static_cast<uint32_t>(std::popcount(left < kBlock ? bits << (kBlock - left) : bits));
  }
  return count;
}

bool TextMap::HasLongRun() const {
  for (size_t block = 0; block < blocks_; ++block) {
    const size_t at = block * kBlock;
    const uint64_t three = Block(kRepeat, block) & From(kRepeat, at + 1);
    if (three == 0) continue;
    if ((three & Block(kBlank, block)) != 0) return true;
    if ((three & From(kRepeat, at + 2) & From(kRepeat, at + 3)) != 0) return true;
  }
  return false;
}

}  // namespace weir::route::learned
