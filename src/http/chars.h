// Byte classes of HTTP/1.x heads (RFC 9110 5.6.2, RFC 9112 2.2); private to http/.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::http {

enum CharClass : uint8_t {
  kTokenChar = 1,   // names and methods
  kValueChar = 2,   // field values: visible, obs-text, space, tab
  kTargetChar = 4,  // origin-form targets: visible ASCII without '#'
  kHostChar = 8,    // registered names and IPv4 addresses
};

constexpr uint8_t ClassOf(int c) {
  bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  bool visible = c > 0x20 && c < 0x7f;
  uint8_t bits = 0;
  if (alnum || (visible && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                               std::string_view::npos)) {
    bits |= kTokenChar;
  }
  if (visible || c >= 0x80 || c == ' ' || c == '\t') bits |= kValueChar;
  if (visible && c != '#') bits |= kTargetChar;
  if (alnum || c == '-' || c == '.' || c == '_' || c == '~') bits |= kHostChar;
  return bits;
}

constexpr std::array<uint8_t, 256> MakeCharTable() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) table[static_cast<size_t>(c)] = ClassOf(c);
  return table;
}

inline constexpr std::array<uint8_t, 256> kCharTable = MakeCharTable();

inline bool Is(CharClass wanted, char c) {
  return kCharTable[static_cast<uint8_t>(c)] & wanted;
}

inline bool IsBlankChar(char c) {
  return c == ' ' || c == '\t';
}

// Whether one of 8 bytes may be a control character. Never misses one; a false alarm is possible
// only behind a true one.
inline bool MayHoldControl(const char* eight_bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = kOnes * 0x80;
  uint64_t word;
  std::memcpy(&word, eight_bytes, sizeof(word));
  uint64_t del = word ^ (kOnes * 0x7f);
  uint64_t low = (word - kOnes * 0x20) & ~word;
  return ((low | ((del - kOnes) & ~del)) & kHigh) != 0;
}

}  // namespace weir::http
