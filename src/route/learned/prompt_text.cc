#include "route/learned/prompt_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/hash.h"
#include "base/strings.h"
#include "route/both_ends.h"
#include "route/learned/harness.h"

namespace weir::route {
namespace {

using learned::TextMap;

constexpr char32_t kReplacement = 0xFFFD;
constexpr size_t kShortestRepeat = 8;  // bytes of a sentence that counts as said before

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

bool IsLatinLetter(char32_t c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

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
    if (IsLatinLetter(c)) {
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

bool IsBlank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// The bytes that end a line or a sentence.
uint64_t SentenceEnds(const TextMap& text, size_t block) {
  const uint64_t before_blank = text.From(TextMap::kBlank, 64 * block + 1);
  return text.Block(TextMap::kNewline, block) | (text.Block(TextMap::kStop, block) & before_blank);
}

// `runs`: whether the text may have a run that is too long.
void AppendWithoutRuns(std::string_view text, bool runs, std::string* out) {
  if (!runs && (out->empty() || out->back() != text.front())) {
    out->append(text);
    return;
  }
  for (const char c : text) {
    const size_t longest = IsBlank(c) ? TextMap::kLongestBlank : TextMap::kLongestRun;
    size_t run = 0;
    while (run < longest && run < out->size() && (*out)[out->size() - 1 - run] == c) ++run;
    if (run < longest) out->push_back(c);
  }
}

}  // namespace

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

bool PromptText::IsNew(std::string_view sentence) {
  const uint64_t hash = Hash64(sentence) | 1;
  for (size_t slot = hash % kSaid;; slot = (slot + 1) % kSaid) {
    if (said_[slot] == hash) return false;
    if (said_[slot] != 0) continue;
    if (said_slots_.size() == kSaid / 2) return true;
    said_[slot] = hash;
    said_slots_.push_back(slot);
    return true;
  }
}

// Splits the text into sentences; whether one was said before.
bool PromptText::FindSentences() {
  sentences_.clear();
  const std::string_view text = map_.text();
  size_t from = 0;
  bool repeats = false;
  const auto add = [&](size_t end) {
    const std::string_view words = Trim(text.substr(from, end - from));
    const bool is_new = words.size() < kShortestRepeat || IsNew(words);
    sentences_.push_back({from, end, is_new});
    repeats |= !is_new;
    from = end;
  };
  for (size_t block = 0; block < map_.blocks(); ++block) {
    learned::ForEachBit(SentenceEnds(map_, block), 64 * block, [&](size_t at) { add(at + 1); });
  }
  if (from > 0 && from < text.size()) add(text.size());
  for (const size_t slot : said_slots_) said_[slot] = 0;
  said_slots_.clear();
  return repeats;
}

// A sentence said before says nothing new; nor does the hundredth blank.
std::string_view PromptText::WithoutPadding() {
  const bool repeats = FindSentences();
  const bool runs = map_.HasLongRun();
  if (!repeats && !runs) return map_.text();
  unpadded_.clear();
  if (sentences_.empty()) AppendWithoutRuns(map_.text(), runs, &unpadded_);
  for (const Sentence& sentence : sentences_) {
    if (!sentence.is_new) continue;
    const size_t bytes = sentence.end - sentence.begin;
    AppendWithoutRuns(map_.text().substr(sentence.begin, bytes), runs, &unpadded_);
  }
  return Trim(unpadded_);
}

learned::Prompt PromptText::Read(std::string_view last_user) {
  const std::string_view said = Trim(WithoutHarness(last_user, &stripped_));
  map_.Read(Trim(BothEnds(said, kPromptHead + kPromptTail, &bounded_)));
  if (!map_.ascii()) map_.Read(Trim(ToPlainForm(map_.text())));
  const std::string_view unpadded = WithoutPadding();
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
