// Characters as the readers of a prompt tell them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::route::learned {

inline bool IsLetter(unsigned char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
inline bool IsDigit(unsigned char c) {
  return c >= '0' && c <= '9';
}
inline bool IsCjk(uint32_t code_point) {
  return (code_point >= 0x3040 && code_point <= 0x30ff) ||
         (code_point >= 0x3400 && code_point <= 0x9fff) ||
         (code_point >= 0xac00 && code_point <= 0xd7af);
}
// The code point of three bytes of UTF-8; all three are there.
inline uint32_t DecodeThreeBytes(std::string_view text, size_t at) {
  return (static_cast<uint32_t>(text[at] & 0x0f) << 12) |
         (static_cast<uint32_t>(text[at + 1] & 0x3f) << 6) |
         static_cast<uint32_t>(text[at + 2] & 0x3f);
}

// Counts of a word's bytes stand in lanes of 16 bits, so that one addition counts them all.
inline uint32_t LaneOf(uint64_t counts, int lane) {
  return static_cast<uint16_t>(counts >> lane);
}

}  // namespace weir::route::learned
