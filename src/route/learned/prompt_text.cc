#include "route/learned/prompt_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/strings.h"
#include "route/both_ends.h"
#include "route/learned/harness.h"

namespace weir::route {
namespace {

using learned::TextMap;

constexpr char32_t kReplacement = 0xFFFD;

// Lower and upper case letters of Cyrillic, Greek, Armenian and Cherokee that look Latin; own
// selection from what TR 39 lists.
struct Lookalike {
  char32_t other;
  char latin;
};
constexpr Lookalike kLookalikes[] = {
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'},
    {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'},
    {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B9, 'i'}, {0x03BD, 'v'}, {0x03BF, 'o'},
    {0x03C1, 'p'}, {0x03C5, 'u'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'},
    {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'},
    {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0425, 'X'},
    {0x0430, 'a'}, {0x0435, 'e'}, {0x043A, 'k'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'},
    {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x04AE, 'Y'},
    {0x04BB, 'h'}, {0x0501, 'd'}, {0x051B, 'q'}, {0x051D, 'w'}, {0x0570, 'h'}, {0x0578, 'n'},
    {0x057D, 'u'}, {0x0585, 'o'}, {0x13A2, 'i'}, {0x13AA, 'A'}, {0x13B3, 'W'}, {0x13C0, 'G'},
};

char LatinOf(char32_t c) {
  const auto* found = std::ranges::lower_bound(kLookalikes, c, {}, &Lookalike::other);
  return found != std::end(kLookalikes) && found->other == c ? found->latin : '\0';
}

constexpr size_t kMost = kPromptHead + kPromptTail;

// Calls `visit` with each code point; bytes that are not UTF-8 come as U+FFFD.
template <class Visit>
void ForEachCodePoint(std::string_view text, Visit visit) {
  const char* bytes = text.data();
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, at, size, c);
    visit(static_cast<char32_t>(c), text.substr(static_cast<size_t>(begin), at - begin));
  }
}

// A script is read as Latin only inside a Latin text: Russian stays Russian.
bool MostlyLatin(std::string_view text) {
  int64_t latin = 0;
  int64_t other = 0;
  ForEachCodePoint(text, [&](char32_t c, std::string_view) {
    if (c < 0x80 && learned::IsLetter(static_cast<unsigned char>(c))) {
      ++latin;
    } else if (c >= 0x80 && u_isalpha(static_cast<UChar32>(c)) != 0) {
      ++other;
    }
  });
  return latin > other;
}

bool ShowsNothing(char32_t c) {
  return c >= 0x80 &&
         u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

}  // namespace

void ForgetLarge(std::string* buffer) {
  constexpr size_t kKeptBytes = 64 << 10;
  if (buffer->capacity() > kKeptBytes) std::string().swap(*buffer);
}

std::string_view PromptText::ToPlainForm(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error)) return text;
  composed_.clear();
  icu::StringByteSink<std::string> sink(&composed_);
  form->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                      nullptr, error);
  if (U_FAILURE(error)) return text;
  const bool latin = MostlyLatin(composed_);
  plain_.clear();
  ForEachCodePoint(composed_, [&](char32_t c, std::string_view bytes) {
    if (ShowsNothing(c)) return;
    const char alike = latin ? LatinOf(c) : '\0';
    if (alike != '\0') {
      plain_.push_back(alike);
    } else {
      plain_.append(c == kReplacement ? "\uFFFD" : bytes);
    }
  });
  return plain_;
}

std::string_view PromptText::WithoutLongRuns() {
  if (!map_.HasLongRun()) return map_.text();
  unpadded_.clear();
  for (const char c : map_.text()) {
    const size_t longest = learned::IsBlank(c) ? TextMap::kLongestBlank : TextMap::kLongestRun;
    size_t run = 0;
    while (run < longest && run < unpadded_.size() && unpadded_[unpadded_.size() - 1 - run] == c)
      ++run;
    if (run < longest) unpadded_.push_back(c);
  }
  return unpadded_;
}

learned::Prompt PromptText::Read(std::string_view last_user) {
  const std::string_view said = Trim(WithoutHarness(last_user, &stripped_));
  map_.Read(Trim(BothEnds(said, kMost, &bounded_)));
  if (said.size() > kMost) ForgetLarge(&stripped_);
  if (!map_.ascii()) {
    // One character may become eighteen.
    map_.Read(Trim(BothEnds(ToPlainForm(map_.text()), kMost, &rebounded_)));
  }
  const std::string_view unpadded = WithoutLongRuns();
  if (unpadded.size() != map_.text().size()) map_.Read(unpadded);
  tokens_.Read(map_);
  const std::span<const learned::Cut> cuts = substance_.Around(map_, tokens_.all());
  tokens_.Drop(cuts);
  return {&map_, tokens_.all(), cuts};
}

learned::Prompt PromptText::Read(const chat::Request& request) {
  return Read(request.last_user);
}

}  // namespace weir::route
