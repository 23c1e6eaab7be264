#include "route/learned/substance.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "route/learned/chars.h"
#include "route/learned/plain_words.h"
#include "route/learned/sign_roles.h"

namespace weir::route::learned {
namespace {

// Content words in a row: English noun phrases are shorter.
constexpr uint32_t kListWeight = 5;
constexpr uint32_t kOddWeight = 2;  // of a word that nobody could pronounce
constexpr uint32_t kFewestInList = (kListWeight + kOddWeight - 1) / kOddWeight;
constexpr size_t kLongestAcronym = 5;
constexpr size_t kLongestCjkWord = 4;
constexpr size_t kShortestRepeat = 8;  // bytes of a sentence that counts as said before

bool BlankOrEnd(std::string_view text, size_t at) {
  return at >= text.size() || IsBlank(text[at]);
}

// "A." or "2)": what it marks follows.
bool EndsMark(std::string_view text, size_t at) {
  const auto is_word = [&](size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    return IsLetter(c) || IsDigit(c);
  };
  return at > 0 && is_word(at - 1) && (at == 1 || text[at - 2] == '\n');
}

// PlainWord flags of a word of CJK characters, whose hash is mixed from its end.
uint32_t PlainCjk(std::span<const Token> characters) {
  uint64_t hash = kNoCjk;
  for (size_t i = characters.size(); i-- > 0;) hash = MixCjk(hash, characters[i].character);
  return Vocabulary().Find(FinishCjk(hash)).plain;
}

bool BeginsSentence(std::string_view text, size_t at) {
  return at > 0 && text[at - 1] == ' ' && text[at] >= 'A' && text[at] <= 'Z' &&
         at + 1 < text.size() && text[at + 1] >= 'a';
}

// Of TeX's.
bool IsCommand(std::string_view text, size_t at) {
  return at > 0 && text.data()[at - 1] == '\\';
}

}  // namespace

void Substance::Reset(const TextMap& text, std::span<const Token> tokens) {
  map_ = &text;
  text_ = text.text();
  tokens_ = tokens;
  cuts_.clear();
  said_.Forget();
  sentence_ = {};
  run_ = {};
  first_list_ = last_list_ = {};
  language_ = {};
  subject_ = 0;
}

std::span<const Cut> Substance::Around(const TextMap& text, std::span<const Token> tokens) {
  Reset(text, tokens);
  for (size_t i = 0; i < tokens.size();) {
    const Token& token = tokens.data()[i];
    if (token.kind == Token::kCjk) {
      i = ReadCjk(i);
      continue;
    }
    if (token.kind == Token::kWord) {
      ReadWord(i);
    } else if (token.kind == Token::kSign) {
      ReadSign(i);
    } else {
      ++sentence_.numbers;
      sentence_.has_words = true;
      CloseRun();
    }
    // What closes a sentence is of none.
    if (token.begin >= sentence_.begin) Hash(token);
    ++i;
  }
  CloseSentence(text_.size(), false);
  CutListsAtTheEnds();
  if (subject_ == 0) cuts_.clear();
  return cuts_;
}

inline void Substance::Hash(const Token& token) {
  sentence_.hash = std::rotl(sentence_.hash, 7) + token.hash;
}

// Enumerations inside a sentence are its matter; what is stuffed in stands at an end.
inline void Substance::CloseRun() {
  if (run_.words >= kFewestInList) CloseList(run_);
  run_.words = run_.subject = 0;
}

inline void Substance::ReadWord(size_t at) {
  const Token& word = tokens_.data()[at];
  ++language_.all;
  // Most plain words are this, and nothing has to be asked of them.
  if (word.facts.plain == kFunctionWord && word.end - word.begin > 1 && language_.all > 1 &&
      !IsCommand(text_, word.begin)) {
    ++language_.english;
    ++sentence_.grammar;
    sentence_.has_words = true;
    return CloseRun();
  }
  if (word.facts.plain != 0) return ReadPlain(at, word.facts.plain);
  sentence_.has_words = true;
  ++sentence_.subject;
  AddToRun(at, at, 1);
}

void Substance::ReadPlain(size_t at, uint32_t plain) {
  const Token& word = tokens_.data()[at];
  const bool content = IsContent(word);
  if (content && IsCommand(text_, word.begin)) plain = 0;
  TallyLanguage(word, plain);
  // A new sentence after one without a stop: "… in Lisbon Thank you".
  if ((plain & kCourtesyWord) != 0 && BeginsSentence(text_, word.begin)) {
    CloseSentence(word.begin, false);
  }
  sentence_.has_words = true;
  if (content) {
    ++sentence_.subject;
    return AddToRun(at, at, 1);
  }
  if ((plain & kRoutingWord) != 0) sentence_.routing = true;
  if ((plain & kFunctionWord) == 0) return;
  ++sentence_.grammar;
  CloseRun();
}

// Neither plain, but for the letter of an option: "A." or "a)".
inline bool Substance::IsContent(const Token& word) const {
  if ((word.facts.plain & (kFunctionWord | kEmptyWord)) == 0) return true;
  if (IsCommand(text_, word.begin)) return true;
  if (word.end - word.begin > 1 || word.end == text_.size()) return false;
  return text_[word.end] == '.' || text_[word.end] == ')';
}

// Words of both say nothing, nor do names in code and paths.
inline void Substance::TallyLanguage(const Token& word, uint32_t plain) {
  const bool english = (plain & (kFunctionWord | kEmptyWord)) != 0;
  const bool foreign = (plain & kForeignWord) != 0;
  if (language_.all == 1) language_.english_first = english && !foreign;
  if (english == foreign) return;
  if (english) {
    ++language_.english;
    return;
  }
  const size_t begin = word.begin, end = word.end;
  if (begin > 0 && IsCodeSign(text_[begin - 1])) return;
  if (end == text_.size() || !IsCodeSign(text_[end]) || BlankOrEnd(text_, end + 1)) {
    ++language_.foreign;
  }
}

// The longest plain words first, as they follow each other; what is left over is the subject.
size_t Substance::ReadCjk(size_t begin) {
  size_t end = begin + 1;
  while (end < tokens_.size() && tokens_[end].kind == Token::kCjk && FollowsCjk(end)) ++end;
  const auto run = tokens_.subspan(begin, end - begin);
  uint32_t left_over = 0, grammar = 0;
  for (const Token& character : run) Hash(character);
  for (size_t at = 0; at < run.size();) {
    size_t length = std::min(kLongestCjkWord, run.size() - at);
    uint32_t plain = 0;
    for (; length > 0; --length) {
      plain = PlainCjk(run.subspan(at, length));
      if (plain != 0) break;
    }
    left_over += length == 0;
    if ((plain & kRoutingWord) != 0) sentence_.routing = true;
    grammar += (plain & kFunctionWord) != 0;
    at += std::max<size_t>(length, 1);
  }
  sentence_.has_words = true;
  sentence_.subject += left_over;
  sentence_.grammar += grammar;
  if (left_over > 0 && grammar == 0 && run.size() <= kLongestCjkWord) {
    AddToRun(begin, end - 1, left_over);
  } else {
    CloseRun();
  }
  return end;
}

inline void Substance::AddToRun(size_t first, size_t last, uint32_t subject) {
  if (run_.words++ == 0) {
    run_.first = static_cast<uint32_t>(first);
    run_.first_end = static_cast<uint32_t>(last);
  }
  run_.last_begin = static_cast<uint32_t>(first);
  run_.last = static_cast<uint32_t>(last);
  run_.subject += subject;
}

// "HTTP", "AV1".
bool Substance::IsAcronym(const Token& word) const {
  const size_t length = word.end - word.begin;
  return length <= kLongestAcronym && map_->Count(TextMap::kCapital, word.begin, word.end) +
                                              map_->Count(TextMap::kDigit, word.begin, word.end) ==
                                          length;
}

// A part of a word with hyphens is none of its own; a code counts double.
uint32_t Substance::WeightOf(const Token& word) const {
  if (word.begin > 0 && text_.data()[word.begin - 1] == '-') return 0;
  const size_t length = word.end - word.begin;
  const bool odd = length >= 3 && !word.wide &&
                   (map_->Has(TextMap::kDigit, word.begin, length) ||
                    !map_->Has(TextMap::kVowel, word.begin, length));
  return odd && !IsAcronym(word) ? kOddWeight : 1;
}

// Whether the character before the token is CJK.
bool Substance::FollowsCjk(size_t at) const {
  return at > 0 && tokens_[at - 1].kind == Token::kCjk && tokens_[at - 1].end == tokens_[at].begin;
}

// Looks no further than where it is sure: most runs are short. A run has as many words of content
// as `words`, so none is looked for behind its last one.
bool Substance::IsList(const Run& run) const {
  uint32_t weight = 0, left = run.words;
  for (size_t at = run.first; weight + kOddWeight * left >= kListWeight; ++at) {
    const Token& token = tokens_.data()[at];
    if (token.kind == Token::kWord && IsContent(token)) {
      weight += WeightOf(token);
    } else if (token.kind == Token::kCjk && !FollowsCjk(at)) {
      ++weight;
    } else {
      continue;
    }
    if (weight >= kListWeight) return true;
    --left;
  }
  return false;
}

void Substance::CloseList(const Run& run) {
  if (!IsList(run)) return;
  sentence_.listed = true;
  const uint32_t begin = tokens_[run.first].begin;
  List& list = begin == 0 ? first_list_ : last_list_;
  list = {run.words,
          run.subject,
          begin,
          tokens_[run.last].end,
          tokens_[run.first_end].end,
          tokens_[run.last_begin].begin};
}

void Substance::CutListsAtTheEnds() {
  constexpr size_t kStops = 2;
  if (last_list_.words > 0 && last_list_.end + kStops < text_.size()) last_list_ = {};
  // Of lists that are all there is, one word stays.
  const bool alone = subject_ <= first_list_.subject + last_list_.subject;
  if (first_list_.words > 0) InsertCut({0, alone ? first_list_.last_begin : first_list_.end});
  if (last_list_.words > 0) {
    const bool keeps = alone && first_list_.words == 0;
    InsertCut({keeps ? last_list_.first_end : last_list_.begin, last_list_.end});
  }
}

// Where it belongs among the others, with none of which it overlaps.
void Substance::InsertCut(Cut cut) {
  cuts_.insert(std::ranges::upper_bound(cuts_, cut.begin, {}, &Cut::begin), cut);
}

void Substance::ReadSign(size_t index) {
  const Token& sign = tokens_.data()[index];
  const std::string_view text = text_;
  const size_t at = sign.begin;
  if (sign.character >= 0x80) {
    if (sign.character == kIdeographicStop) CloseSentence(sign.end, false);
    return;
  }
  const uint8_t roles = kSignRoles.data()[sign.character];
  language_.code += (roles & kTellsCode) != 0;
  if ((roles & kSeparates) == 0) CloseRun();
  if ((roles & kEndsOrOpens) == 0) return;
  if ((roles & kOpens) != 0 && (at == 0 || IsBlank(text[at - 1]))) CloseSentence(at, false);
  const bool stops = (roles & kCloses) != 0 && BlankOrEnd(text, at + 1) && !EndsMark(text, at);
  if (stops || (roles & kEndsLine) != 0) CloseSentence(at + 1, false);
  if (sign.character == ':') CloseSentence(at + 1, true);
  if (sign.character == ',' && FollowsCjk(index)) CloseSentence(at + 1, false);
}

bool Substance::IsRepeated(const Sentence& sentence, size_t end) {
  return end - sentence.begin >= kShortestRepeat && !said_.Add(sentence.hash);
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
  const bool matters = frame || (sentence.subject + numbers > 0 && !list);
  if (matters && !IsRepeated(sentence, end)) {
    subject_ += sentence.subject + numbers;
    return;
  }
  if (sentence.begin == 0) first_list_ = {};
  if (last_list_.begin >= sentence.begin) last_list_ = {};
  if (end > sentence.begin) cuts_.push_back({sentence.begin, static_cast<uint32_t>(end)});
}

}  // namespace weir::route::learned
