// A crc is the remainder of the message as a polynomial over GF(2). 16 bytes that stand d bits
// before the end may be replaced by their product with x^d mod P, added to the last 16: so four
// lanes of 16 bytes are carried over 64 bytes at once, and 16 bytes with the same remainder are
// left for zlib. (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction", 2009, the bit-reflected case.)
#include "ledger/crc.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::ledger {
namespace {

uint32_t ZlibCrc(uint32_t crc, std::string_view bytes) {
  // zlib takes a null pointer, even with no bytes, as "begin anew".
  if (bytes.empty()) return crc;
  return static_cast<uint32_t>(
      crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

#if defined(__x86_64__)
constexpr size_t kLane = 16;
constexpr size_t kStride = 4 * kLane;

__attribute__((target("pclmul,sse4.1"))) __m128i Load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// `lane` moved on by the distance that `powers` stands for, onto `next`.
__attribute__((target("pclmul,sse4.1"))) __m128i Fold(__m128i lane, __m128i powers, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(lane, powers, 0x00);
  __m128i high = _mm_clmulepi64_si128(lane, powers, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Takes whole lanes off the front of `bytes`, at least kStride of them.
__attribute__((target("pclmul,sse4.1"))) uint32_t FoldCrc(uint32_t crc, std::string_view* bytes) {
  const __m128i by_stride = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_lane = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const char* at = bytes->data();
  const char* end = at + bytes->size();
  __m128i a = _mm_xor_si128(Load(at), _mm_cvtsi32_si128(static_cast<int>(~crc)));
  __m128i b = Load(at + kLane);
  __m128i c = Load(at + 2 * kLane);
  __m128i d = Load(at + 3 * kLane);
  for (at += kStride; end - at >= static_cast<ptrdiff_t>(kStride); at += kStride) {
    a = Fold(a, by_stride, Load(at));
    b = Fold(b, by_stride, Load(at + kLane));
    c = Fold(c, by_stride, Load(at + 2 * kLane));
    d = Fold(d, by_stride, Load(at + 3 * kLane));
  }
  __m128i left = Fold(Fold(Fold(a, by_lane, b), by_lane, c), by_lane, d);
  for (; end - at >= static_cast<ptrdiff_t>(kLane); at += kLane) {
    left = Fold(left, by_lane, Load(at));
  }
  bytes->remove_prefix(static_cast<size_t>(at - bytes->data()));
  char remainder[kLane];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder), left);
  // The register that begins at 0 is the crc 0xffffffff in zlib's words.
  return ZlibCrc(0xffffffff, {remainder, kLane});
}
#endif

}  // namespace

uint32_t AddCrc(uint32_t crc, std::string_view bytes) {
#if defined(__x86_64__)
  if (bytes.size() >= kStride && __builtin_cpu_supports("pclmul") &&
      __builtin_cpu_supports("sse4.1")) {
    crc = FoldCrc(crc, &bytes);
  }
#endif
  return ZlibCrc(crc, bytes);
}

}  // namespace weir::ledger
