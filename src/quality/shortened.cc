#include "quality/shortened.h"

#include <algorithm>

#include "base/strings.h"

namespace weir::quality {
namespace {

constexpr std::string_view kMark = "\n[… cut here …]\n";

// The longest end of at most so many bytes that begins with a character.
std::string_view Utf8Suffix(std::string_view text, size_t most) {
  text.remove_prefix(text.size() - std::min(most, text.size()));
  size_t inside = 0;
  while (inside < std::min<size_t>(3, text.size()) &&
         (static_cast<unsigned char>(text[inside]) & 0xc0) == 0x80) {
    ++inside;
  }
  return text.substr(inside);
}

}  // namespace

std::string Shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  const size_t room = most - std::min(most, kMark.size());
  std::string parts(Utf8Prefix(text, room - room / 2));
  parts += kMark;
  parts += Utf8Suffix(text, room / 2);
  return parts;
}

}  // namespace weir::quality
