// A sieve in front of plain comparison (the "Teddy" idea of Hyperscan): the words stand in eight
// buckets, and for each of the first four bytes of a word a table says which buckets may have it
// there; the AND over four neighbours of the text is nonzero at few positions, and only those are
// compared. With AVX2 a table look-up is two 16-entry shuffles, one for each half of the byte, and
// 32 positions go at once. When a list is found, buckets without a word of an earlier list leave
// the sieve, so a text cannot make one hit costly often.
#include "route/keyword_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::route {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Makes capital letters small; what it makes of other bytes may look like a letter, too.
constexpr uint32_t kLowerCase = 0x20202020;

uint32_t StemOf(const char* text) {
  uint32_t stem = 0;
  static_assert(sizeof stem == KeywordScan::kStem);
  std::memcpy(&stem, text, sizeof stem);
  return stem;
}

bool StartsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (Lower(text[i]) != word[i]) return false;
  }
  return true;
}

}  // namespace

KeywordScan::KeywordScan(std::span<const WordList> lists) : lists_(static_cast<int>(lists.size())) {
  std::vector<Word> words;
  for (size_t list = 0; list < lists.size(); ++list) {
    for (const std::string_view word : lists[list]) {
      words.push_back({word, StemOf(word.data()), static_cast<int>(list)});
    }
  }
  std::ranges::sort(words, {}, &Word::text);
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t bucket = i * kBuckets / words.size();
    buckets_[bucket].push_back(words[i]);
    const auto bit = static_cast<Buckets>(1U << bucket);
    for (size_t k = 0; k < kStem; ++k) {
      const auto lower = static_cast<uint8_t>(words[i].text[k]);
      const auto upper = static_cast<uint8_t>(lower == ' ' ? lower : lower ^ 0x20);
      for (const uint8_t byte : {lower, upper}) {
        by_byte_[k][byte] |= bit;
        by_low_[k][byte & 15] |= bit;
        by_high_[k][byte >> 4] |= bit;
      }
    }
  }
  for (std::vector<Word>& bucket : buckets_) std::ranges::stable_sort(bucket, {}, &Word::list);
}

KeywordScan::Hit KeywordScan::None() const {
  Hit hit{};
  Found(lists_, &hit);
  return hit;
}

int KeywordScan::ListOf(const Hit& hit) const {
  return hit.best == lists_ ? -1 : hit.best;
}

// Only words of earlier lists are of interest any more.
void KeywordScan::Found(int list, Hit* hit) const {
  hit->best = list;
  hit->open = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    const bool earlier = !buckets_[i].empty() && buckets_[i].front().list < list;
    hit->open = static_cast<Buckets>(hit->open | (earlier ? 1U << i : 0));
  }
}

// `text` has at least kStem bytes.
void KeywordScan::Verify(std::string_view text, Buckets maybe, Hit* hit) const {
  const uint32_t stem = StemOf(text.data()) | kLowerCase;
  for (unsigned left = maybe & hit->open; left != 0; left &= left - 1) {
    for (const Word& word : buckets_[static_cast<size_t>(std::countr_zero(left))]) {
      if (word.list >= hit->best) break;
      if (word.stem == stem && StartsWithWord(text, word.text)) return Found(word.list, hit);
    }
  }
}

void KeywordScan::ScanPortable(std::string_view text, Hit* hit) const {
  for (size_t i = 0; i + kStem <= text.size() && hit->open != 0; ++i) {
    Buckets maybe = hit->open;
    for (size_t k = 0; k < kStem && maybe != 0; ++k) {
      maybe &= by_byte_[k][static_cast<uint8_t>(text[i + k])];
    }
    if (maybe != 0) Verify(text.substr(i), maybe, hit);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) size_t KeywordScan::ScanAvx2(std::string_view text,
                                                             Hit* hit) const {
  constexpr size_t kWidth = 32;
  __m256i low[kStem], high[kStem];
  for (size_t k = 0; k < kStem; ++k) {
    const auto* table = reinterpret_cast<const __m128i*>(by_low_[k].data());
    low[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
    table = reinterpret_cast<const __m128i*>(by_high_[k].data());
    high[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
  }
  const __m256i half = _mm256_set1_epi8(15);
  __m256i open = _mm256_set1_epi8(static_cast<char>(hit->open));
  size_t i = 0;
  for (; i + kWidth + kStem - 1 <= text.size(); i += kWidth) {
    __m256i maybe = open;
#pragma GCC unroll 4
    for (size_t k = 0; k < kStem; ++k) {
      const __m256i bytes =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + i + k));
      const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
      maybe = _mm256_and_si256(maybe, _mm256_shuffle_epi8(low[k], _mm256_and_si256(bytes, half)));
      maybe = _mm256_and_si256(maybe, _mm256_shuffle_epi8(high[k], upper));
    }
    const __m256i none = _mm256_cmpeq_epi8(maybe, _mm256_setzero_si256());
    auto places = ~static_cast<uint32_t>(_mm256_movemask_epi8(none));
    if (places == 0) continue;
    alignas(kWidth) Buckets buckets[kWidth];
    _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), maybe);
    for (; places != 0; places &= places - 1) {
      const auto j = static_cast<size_t>(std::countr_zero(places));
      Verify(text.substr(i + j), buckets[j], hit);
    }
    if (hit->open == 0) break;
    open = _mm256_set1_epi8(static_cast<char>(hit->open));
  }
  return i;
}
#endif

int KeywordScan::FirstListPortable(std::string_view text) const {
  Hit hit = None();
  ScanPortable(text, &hit);
  return ListOf(hit);
}

int KeywordScan::FirstList(std::string_view text) const {
  Hit hit = None();
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) text.remove_prefix(ScanAvx2(text, &hit));
#endif
  ScanPortable(text, &hit);
  return ListOf(hit);
}

}  // namespace weir::route
