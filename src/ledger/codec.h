// What both sides of the journal's row format share. Payload: version byte, then fields as varint
// tag, varint length, bytes. Every field carries its length, so a reader steps over tags it does
// not know; a field that is not there has its default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/strings.h"
#include "ledger/fields.h"

namespace weir::ledger {

inline constexpr char kRowVersion = 1;
inline constexpr size_t kMaxVarint = 10;

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (0 - (value & 1)));
}

// At most kMaxVarint bytes from `at` on; where they end.
inline char* PutVarint(uint64_t value, char* at) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

// False: the bytes end, or the value needs more than 64 bits.
inline bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < bytes->size() && i < kMaxVarint; ++i) {
    uint64_t digit = static_cast<uint8_t>((*bytes)[i]);
    if (i + 1 == kMaxVarint && digit > 1) return false;
    *value |= (digit & 0x7f) << (7 * i);
    if (digit < 0x80) {
      bytes->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

inline std::string_view Bounded(const RowField& field, std::string_view text) {
  if (text.size() <= kMaxTextBytes) return text;
  if (field.form == Form::kPlain) return Utf8Prefix(text, kMaxTextBytes);
  if (text.size() <= kMaxJsonBytes) return text;
  return field.form == Form::kJsonArray ? kCutArray : kCutObject;
}

}  // namespace weir::ledger
