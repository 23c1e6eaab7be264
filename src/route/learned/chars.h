// Characters as the readers of a prompt tell them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::route::learned {

constexpr bool IsLetter(unsigned char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
constexpr bool IsDigit(unsigned char c) {
  return c >= '0' && c <= '9';
}
constexpr bool IsCjk(uint32_t code_point) {
  return (code_point >= 0x3040 && code_point <= 0x30ff) ||
         (code_point >= 0x3400 && code_point <= 0x9fff) ||
         (code_point >= 0xac00 && code_point <= 0xd7af);
}
// The code point of three bytes of UTF-8; all three are there.
constexpr uint32_t DecodeThreeBytes(std::string_view text, size_t at) {
  return (static_cast<uint32_t>(text[at] & 0x0f) << 12) |
         (static_cast<uint32_t>(text[at + 1] & 0x3f) << 6) |
         static_cast<uint32_t>(text[at + 2] & 0x3f);
}

}  // namespace weir::route::learned
