#include "route/both_ends.h"

#include <algorithm>
#include <cstdint>

#include "base/strings.h"

namespace weir::route {
namespace {

std::string_view Utf8Suffix(std::string_view text, size_t max_bytes) {
  size_t begin = text.size() - std::min(max_bytes, text.size());
  while (begin < text.size() && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) ++begin;
  return text.substr(begin);
}

}  // namespace

std::string_view BothEnds(std::string_view text, size_t most, std::string* cut) {
  if (text.size() <= most) return text;
  *cut = Utf8Prefix(text, most / 2);
  cut->push_back('\n');
  cut->append(Utf8Suffix(text, most / 2));
  return *cut;
}

}  // namespace weir::route
