// A sieve in front of plain comparison (the "Teddy" idea of Hyperscan): for each of the first four
// bytes of a word a table says which lists may have it there; the AND over four neighbours of the
// text is nonzero at few positions, and only those are compared. With AVX2 a table look-up is two
// 16-entry shuffles, one for each half of the byte, and 32 positions go at once. A list that was
// found leaves the sieve together with every list of lower precedence, so a text cannot make one
// hit costly often.
#include "route/keyword_scan.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::route {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool StartsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (Lower(text[i]) != word[i]) return false;
  }
  return true;
}

}  // namespace

KeywordScan::KeywordScan(std::span<const WordList> lists)
    : lists_(lists), all_(static_cast<ListSet>((1U << lists.size()) - 1)) {
  for (size_t list = 0; list < lists.size(); ++list) {
    const auto bit = static_cast<ListSet>(1U << list);
    for (const std::string_view word : lists[list]) {
      for (size_t i = 0; i < kStem; ++i) {
        const auto lower = static_cast<uint8_t>(word[i]);
        const auto upper = static_cast<uint8_t>(lower == ' ' ? lower : lower ^ 0x20);
        for (const uint8_t byte : {lower, upper}) {
          by_byte_[i][byte] |= bit;
          by_low_[i][byte & 15] |= bit;
          by_high_[i][byte >> 4] |= bit;
        }
      }
    }
  }
}

void KeywordScan::Verify(std::string_view text, ListSet maybe, Hit* hit) const {
  for (unsigned left = maybe & hit->open; left != 0; left &= left - 1) {
    const auto list = static_cast<size_t>(std::countr_zero(left));
    for (const std::string_view word : lists_[list]) {
      if (!StartsWithWord(text, word)) continue;
      hit->best = static_cast<int>(list);
      hit->open = static_cast<ListSet>((1U << list) - 1);
      return;
    }
  }
}

void KeywordScan::ScanPortable(std::string_view text, Hit* hit) const {
  for (size_t i = 0; i + kStem <= text.size() && hit->open != 0; ++i) {
    ListSet maybe = hit->open;
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
  size_t i = 0;
  for (; i + kWidth + kStem - 1 <= text.size() && hit->open != 0; i += kWidth) {
    __m256i maybe = _mm256_set1_epi8(static_cast<char>(hit->open));
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
    alignas(kWidth) ListSet lists[kWidth];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lists), maybe);
    for (; places != 0; places &= places - 1) {
      const auto j = static_cast<size_t>(std::countr_zero(places));
      Verify(text.substr(i + j), lists[j], hit);
    }
  }
  return i;
}
#endif

int KeywordScan::FirstListPortable(std::string_view text) const {
  Hit hit{.open = all_};
  ScanPortable(text, &hit);
  return hit.best;
}

int KeywordScan::FirstList(std::string_view text) const {
  Hit hit{.open = all_};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) text.remove_prefix(ScanAvx2(text, &hit));
#endif
  ScanPortable(text, &hit);
  return hit.best;
}

}  // namespace weir::route
