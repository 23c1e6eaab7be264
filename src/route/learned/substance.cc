#include "route/learned/substance.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "route/learned/chars.h"

namespace weir::route::learned {
namespace {

// Content words in a row: English noun phrases are shorter.
constexpr uint32_t kListWeight = 5;
constexpr uint32_t kOddWeight = 2;  // of a word that nobody could pronounce
constexpr size_t kLongestCjkWord = 4;
constexpr std::string_view kIdeographicStop = "。";

bool IsBlank(unsigned char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

// What a byte is inside a word: its small letter (0: not part of one), and what it counts for, in
// lanes of 16 bits that are added up for all of them at once.
constexpr int kDigitLane = 16, kVowelLane = 32, kWideLane = 48;
constexpr std::array<uint64_t, 256> kWordBytes = [] {
  std::array<uint64_t, 256> bytes{};
  for (unsigned c = '0'; c <= '9'; ++c) bytes[c] = c | uint64_t{1} << kDigitLane;
  for (unsigned c = 'a'; c <= 'z'; ++c) bytes[c] = bytes[c - 32] = c;
  for (const unsigned char c : std::string_view("aeiouy")) {
    bytes[c] |= uint64_t{1} << kVowelLane;
    bytes[c - 32] |= uint64_t{1} << kVowelLane;
  }
  for (unsigned c = 0x80; c <= 0xff; ++c) bytes[c] = c | uint64_t{1} << kWideLane;
  return bytes;
}();

// The CJK character at text[at], or 0.
uint32_t CjkAt(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0xe3 || lead > 0xed || at + 3 > text.size()) return 0;
  const uint32_t c = DecodeThreeBytes(text, at);
  return IsCjk(c) ? c : 0;
}

bool BlankOrEnd(std::string_view text, size_t at) {
  return at >= text.size() || IsBlank(static_cast<unsigned char>(text[at]));
}

// "A." or "2)": what it marks follows.
bool EndsMark(std::string_view text, size_t at) {
  const auto is_word = [&](size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    return IsLetter(c) || IsDigit(c);
  };
  return at > 0 && is_word(at - 1) && (at == 1 || text[at - 2] == '\n');
}

// Between the names of code, paths and markup, but not between words.
constexpr std::array<bool, 256> kCodeSigns = [] {
  std::array<bool, 256> signs{};
  for (const unsigned char c : std::string_view("._/\\(){}[]<>=#@$%&*+-|:;`\"'")) signs[c] = true;
  return signs;
}();
bool IsCodeSign(char c) {
  return kCodeSigns.data()[static_cast<unsigned char>(c)];
}

bool IsSeparator(char c) {
  return c == ' ' || c == ',' || c == '/' || c == '&' || c == '+' || c == '-' || c == '|';
}

}  // namespace

std::string_view Substance::Of(std::string_view text) {
  text_ = text;
  cuts_.clear();
  sentence_ = {};
  run_ = {};
  first_list_ = last_list_ = {};
  language_ = {};
  subject_ = 0;
  size_t at = 0;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (IsLetter(c) || IsDigit(c)) {
      at = ReadWord(text, at);
    } else if (c < 0x80) {
      at = ReadSign(text, at);
    } else if (text.substr(at, kIdeographicStop.size()) == kIdeographicStop) {
      CloseSentence(at += kIdeographicStop.size(), false);
    } else {
      at = CjkAt(text, at) != 0 ? ReadCjk(text, at) : ReadWord(text, at);
    }
  }
  CloseRun();
  CloseSentence(text.size(), false);
  CutListsAtTheEnds();
  return subject_ == 0 || cuts_.empty() ? text : WithoutCuts(text);
}

size_t Substance::ReadWord(std::string_view text, size_t start) {
  uint64_t hash = kFnvOffset;
  uint64_t counts = 0;
  size_t at = start;
  // The hot loop: without a check at each byte.
  const char* const bytes = text.data();
  for (const size_t size = text.size(); at < size; ++at) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    const uint64_t byte = kWordBytes.data()[c];
    if (byte == 0) {
      if (c == '\'' && at + 1 < text.size() && IsLetter(static_cast<unsigned char>(text[at + 1])))
        continue;
      break;
    }
    if (c >= 0x80 && CjkAt(text, at) != 0) break;
    counts += byte & ~uint64_t{0xff};
    hash = MixByte(hash, static_cast<unsigned char>(byte));
  }
  if (at == start) return start + 1;  // half a character
  const size_t length = at - start;
  const uint32_t digits = LaneOf(counts, kDigitLane);
  if (digits == length) {
    ++sentence_.numbers;
    sentence_.has_words = true;
    CloseRun();
    return at;
  }
  const bool command = start > 0 && text[start - 1] == '\\';  // TeX's
  const uint32_t flags = command ? 0 : words_.FlagsOf(hash);
  TallyLanguage(flags, start, at);
  sentence_.has_words = true;
  // A new sentence after one without a stop: "… in Lisbon Thank you".
  const bool capital = text[start] >= 'A' && text[start] <= 'Z' && length > 1 &&
                       text[start + 1] >= 'a' && start > 0 && text[start - 1] == ' ';
  if (capital && (flags & kCourtesyWord) != 0) CloseSentence(start, false);
  const bool option = length == 1 && at < text.size() && (text[at] == '.' || text[at] == ')');
  if ((flags & (kFunctionWord | kEmptyWord)) != 0 && !option) {
    AddPlain(flags);
    return at;
  }
  ++sentence_.subject;
  const bool odd = length >= 3 && LaneOf(counts, kWideLane) == 0 &&
                   (digits > 0 || LaneOf(counts, kVowelLane) == 0);
  const bool joined = start > 0 && text[start - 1] == '-';
  AddToRun(start, at, joined ? 0 : odd ? kOddWeight : 1);
  return at;
}

// Words of both say nothing, nor do names in code and paths.
void Substance::TallyLanguage(uint32_t flags, size_t start, size_t end) {
  const bool english = (flags & (kFunctionWord | kEmptyWord)) != 0;
  const bool foreign = (flags & kForeignWord) != 0;
  if (++language_.all == 1) language_.english_first = english && !foreign;
  if (english == foreign) return;
  if (english) {
    ++language_.english;
  } else if ((start == 0 || !IsCodeSign(text_[start - 1])) &&
             (end == text_.size() || !IsCodeSign(text_[end]) || BlankOrEnd(text_, end + 1))) {
    ++language_.foreign;
  }
}

void Substance::AddPlain(uint32_t flags) {
  if ((flags & kRoutingWord) != 0) sentence_.routing = true;
  if ((flags & kFunctionWord) == 0) return;
  ++sentence_.grammar;
  CloseRun();
}

// The longest plain words first, as they follow each other; what is left over is the subject.
size_t Substance::ReadCjk(std::string_view text, size_t start) {
  size_t at = start;
  uint32_t left_over = 0, grammar = 0;
  while (at < text.size() && CjkAt(text, at) != 0) {
    size_t taken = 0;
    uint32_t found = 0;
    // HashCjk mixes the last character first.
    for (size_t length = kLongestCjkWord; length > 0 && taken == 0; --length) {
      if (at + 3 * length > text.size()) continue;
      uint64_t hash = kNoCjk;
      bool whole = true;
      for (size_t i = length; i > 0 && whole; --i) {
        const uint32_t c = CjkAt(text, at + 3 * (i - 1));
        whole = c != 0;
        hash = MixCjk(hash, c);
      }
      if (!whole) continue;
      found = words_.FlagsOf(hash);
      if (found != 0) taken = length;
    }
    if (taken == 0) ++left_over;
    if ((found & kRoutingWord) != 0) sentence_.routing = true;
    grammar += (found & kFunctionWord) != 0;
    at += 3 * std::max<size_t>(taken, 1);
  }
  sentence_.has_words = true;
  sentence_.subject += left_over;
  sentence_.grammar += grammar;
  if (left_over > 0 && grammar == 0 && at - start <= 3 * kLongestCjkWord) {
    AddToRun(start, at, 1);
  } else {
    CloseRun();
  }
  return at;
}

void Substance::AddToRun(size_t begin, size_t end, uint32_t weight) {
  const auto from = static_cast<uint32_t>(begin);
  if (run_.words == 0) run_.begin = from;
  ++run_.words;
  run_.weight += weight;
  run_.end = static_cast<uint32_t>(end);
  if (run_.words == 1) run_.first_end = run_.end;
  run_.last_begin = from;
}

// Enumerations inside a sentence are its matter; what is stuffed in stands at an end.
void Substance::CloseRun() {
  const Run run = std::exchange(run_, Run());
  if (run.weight < kListWeight) return;
  sentence_.listed = true;
  (run.begin == 0 ? first_list_ : last_list_) = run;
}

void Substance::CutListsAtTheEnds() {
  constexpr size_t kStops = 2;
  if (first_list_.words > 0) {
    const bool alone = subject_ <= first_list_.words;
    cuts_.insert(cuts_.begin(), {0, alone ? first_list_.last_begin : first_list_.end});
  }
  if (last_list_.words > 0 && last_list_.end + kStops >= text_.size()) {
    const bool alone = subject_ <= last_list_.words;
    cuts_.push_back({alone ? last_list_.first_end : last_list_.begin, last_list_.end});
  }
}

size_t Substance::ReadSign(std::string_view text, size_t at) {
  const char c = text[at];
  if (c == ' ') return at + 1;  // ends nothing, and most signs are blanks
  language_.code += IsCodeSign(c) && c != '.' && c != '-' && c != '\'' && c != '"' && c != ':';
  if (c == '\n') {
    CloseRun();
    CloseSentence(at + 1, false);
    return at + 1;
  }
  if (!IsSeparator(c)) CloseRun();
  const bool first = at == 0 || IsBlank(static_cast<unsigned char>(text[at - 1]));
  if ((c == '(' || c == '[' || c == '{' || c == '<') && first) CloseSentence(at, false);
  const bool closes = c == ')' || c == ']' || c == '}' || c == '>';
  const bool stops = c == '.' || c == '!' || c == '?' || c == ';' || closes;
  if (stops && BlankOrEnd(text, at + 1) && !EndsMark(text, at)) CloseSentence(at + 1, false);
  if (c == ':') CloseSentence(at + 1, true);
  if (c == ',' && at > 2 && CjkAt(text, at - 3) != 0) CloseSentence(at + 1, false);
  return at + 1;
}

void Substance::CloseSentence(size_t end, bool label) {
  CloseRun();
  const Sentence sentence = std::exchange(sentence_, Sentence());
  sentence_.begin = static_cast<uint32_t>(end);
  sentence_.routing = label && sentence.routing;
  if (!sentence.has_words) return;
  const uint32_t numbers = sentence.routing ? 0 : sentence.numbers;
  const bool list = sentence.listed && sentence.grammar == 0;
  const bool frame = label && end == text_.size();
  if (frame || (sentence.subject + numbers > 0 && !list)) {
    subject_ += sentence.subject + numbers;
    return;
  }
  if (sentence.begin == 0) first_list_ = {};
  if (last_list_.begin >= sentence.begin) last_list_ = {};
  if (end > sentence.begin) cuts_.push_back({sentence.begin, static_cast<uint32_t>(end)});
}

std::string_view Substance::WithoutCuts(std::string_view text) {
  kept_.clear();
  size_t from = 0;
  for (const Cut& cut : cuts_) {
    kept_ += text.substr(from, cut.begin - from);
    from = cut.end;
  }
  kept_ += text.substr(from);
  return Trim(kept_);
}

}  // namespace weir::route::learned
