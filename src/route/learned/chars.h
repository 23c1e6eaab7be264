// Characters as the readers of a prompt tell them.
#pragma once

#include <cstdint>

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
constexpr bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
inline constexpr uint32_t kIdeographicStop = 0x3002;  // 。

}  // namespace weir::route::learned
