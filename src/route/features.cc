#include "route/features.h"

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "route/both_ends.h"

namespace weir::route {
namespace {

// `cut` keeps the shortened text; it is made at most once.
std::string_view Bounded(std::string_view text, std::string* cut) {
  return cut->empty() ? BothEnds(text, kRuleTextBytes, cut) : *cut;
}

bool IsContinuation(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
}

#if defined(__SSE2__)
// Bytes of the form 10xxxxxx in a text whose size is a multiple of 16. As signed numbers they are
// the ones below -64.
int64_t CountContinuations(std::string_view text) {
  constexpr size_t kWidth = sizeof(__m128i);
  constexpr size_t kBlock = 255 * kWidth;  // byte-wide counters hold no more
  const __m128i lead = _mm_set1_epi8(-64);
  __m128i sum = _mm_setzero_si128();
  while (!text.empty()) {
    const size_t block = std::min(kBlock, text.size());
    __m128i counters = _mm_setzero_si128();
#pragma GCC unroll 8
    for (size_t i = 0; i < block; i += kWidth) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
      counters = _mm_sub_epi8(counters, _mm_cmplt_epi8(bytes, lead));
    }
    sum = _mm_add_epi64(sum, _mm_sad_epu8(counters, _mm_setzero_si128()));
    text.remove_prefix(block);
  }
  return _mm_cvtsi128_si64(sum) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sum, sum));
}
#else
int64_t CountContinuations(std::string_view text) {
  return std::count_if(text.begin(), text.end(), IsContinuation);
}
#endif

}  // namespace

int64_t CountCodePoints(std::string_view text) {
  const size_t wide = text.size() & ~size_t{15};
  const auto rest = std::count_if(text.begin() + wide, text.end(), IsContinuation);
  return static_cast<int64_t>(text.size()) - CountContinuations(text.substr(0, wide)) - rest;
}

int64_t Features::last_user_code_points() const {
  if (code_points_ < 0) {
    // The parser has counted what is not ASCII; a request that no parser has read has no bytes.
    const auto bytes = static_cast<int64_t>(last_user().size());
    const bool ascii = request_->text_bytes >= bytes && request_->wide_bytes == 0;
    code_points_ = ascii ? bytes : CountCodePoints(last_user());
  }
  return code_points_;
}

std::string_view Features::last_user_for_rules() const {
  return Bounded(request_->last_user, &last_user_cut_);
}

std::string_view Features::all_text_for_rules() const {
  return Bounded(request_->all_text, &all_text_cut_);
}

}  // namespace weir::route
