#include "route/python_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace weir::route {

bool IsPythonDigit(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  constexpr uint8_t kPythonUnicode = 14;
  const auto point = static_cast<UChar32>(c);
  if (u_charType(point) != U_DECIMAL_DIGIT_NUMBER) return false;
  UVersionInfo age;
  u_charAge(point, age);
  return age[0] <= kPythonUnicode;
}

bool IsPythonSpace(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  if (c >= 0x2000 && c <= 0x200A) return true;
  switch (c) {
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return false;
  }
}

char32_t TakeCodePoint(std::string_view* text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text->data());
  const auto size = static_cast<int32_t>(std::min<size_t>(text->size(), U8_MAX_LENGTH));
  int32_t used = 0;
  UChar32 point = 0;
  U8_NEXT_OR_FFFD(bytes, used, size, point);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's macro
  text->remove_prefix(static_cast<size_t>(used));
  return static_cast<char32_t>(point);
}

}  // namespace weir::route
