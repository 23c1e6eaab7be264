#include "route/learned/text_features.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "route/learned/chars.h"

namespace weir::route::learned {
namespace {

constexpr size_t kMinFocusBytes = 16;
constexpr uint32_t kLongWordBytes = 8;
constexpr uint32_t kMostWordBytes = 40;  // longer ones say no more
// Characters without blanks: as many English words say the same, and as long ones.
constexpr double kWordsACjk = 0.6;
constexpr double kBytesAWord = 4.7;

uint32_t BucketOf(uint64_t hash) {
  return static_cast<uint32_t>(hash >> (64 - kBucketBits));
}

uint64_t HashPair(uint64_t first, uint64_t second) {
  return first * kWordPrime + second;
}

// Numbers hash by shape only: their values do not generalise.
uint64_t HashNumber(uint32_t digits) {
  return MixWord(1000 + std::min(digits, 5u), 0);
}

// The ends of lines that are followed by an empty one.
uint64_t BlankLines(const TextMap& text, size_t block) {
  return text.Block(TextMap::kNewline, block) & text.From(TextMap::kNewline, 64 * block + 1);
}

// Of the text's bytes from `begin` on.
size_t KeptBytes(const Prompt& prompt, size_t begin) {
  size_t kept = prompt.text->text().size() - begin;
  for (const Cut& cut : prompt.cuts) {
    if (cut.end > begin) kept -= cut.end - std::max<size_t>(cut.begin, begin);
  }
  return kept;
}

uint32_t KeptCount(const Prompt& prompt, TextMap::Kind kind) {
  uint32_t count = prompt.text->Count(kind);
  for (const Cut& cut : prompt.cuts) count -= prompt.text->Count(kind, cut.begin, cut.end);
  return count;
}

// Start of the last paragraph that holds more than a stray token; 0 when there is only one.
size_t FocusStart(const Prompt& prompt) {
  for (size_t block = prompt.text->blocks(); block-- > 0;) {
    uint64_t lines = BlankLines(*prompt.text, block);
    while (lines != 0) {
      const size_t bit = 63 - static_cast<size_t>(std::countl_zero(lines));
      const size_t begin = 64 * block + bit + 2;
      if (KeptBytes(prompt, begin) >= kMinFocusBytes) return begin;
      lines &= ~(uint64_t{1} << bit);
    }
  }
  return 0;
}

uint32_t WideCharacters(std::string_view word) {
  return static_cast<uint32_t>(std::ranges::count_if(word, [](char c) {
    return static_cast<unsigned char>(c) >= 0xc0;  // leads one
  }));
}

constexpr size_t kSmallCounts = 1040;  // the bytes of a bounded prompt among them
float LogCount(uint32_t count) {
  static const std::array<float, kSmallCounts> small = [] {
    std::array<float, kSmallCounts> logs{};
    for (size_t i = 0; i < logs.size(); ++i) {
      logs[i] = static_cast<float>(std::log1p(static_cast<double>(i)));
    }
    return logs;
  }();
  return count < kSmallCounts ? small[count]
                              : static_cast<float>(std::log1p(static_cast<double>(count)));
}

}  // namespace

FeatureExtractor::FeatureExtractor() : seen_(kBuckets / 64, 0) {}

void FeatureExtractor::Extract(const Prompt& prompt, FeatureVector* features) {
  out_ = features;
  text_ = prompt.text->text();
  // Two of a word at most.
  if (found_.size() < 2 * prompt.tokens.size()) found_.resize(2 * prompt.tokens.size());
  buckets_ = {seen_.data(), found_.data()};
  out_->cjk_buckets.clear();
  first_word_cues_ = 0;
  tally_ = Tally{};
  tally_.bytes = static_cast<uint32_t>(KeptBytes(prompt, 0));
  tally_.digits = KeptCount(prompt, TextMap::kDigit);
  tally_.letters = KeptCount(prompt, TextMap::kPlain) - tally_.digits;
  tally_.capitals = KeptCount(prompt, TextMap::kCapital);
  const size_t focus = FocusStart(prompt);
  const auto first = std::ranges::lower_bound(prompt.tokens, focus, {}, &Token::begin);
  const auto context = static_cast<size_t>(first - prompt.tokens.begin());
  Scan(prompt.tokens.subspan(context));
  out_->focus_buckets = static_cast<size_t>(buckets_.end - found_.data());
  Scan(prompt.tokens.first(context));
  out_->buckets.assign(found_.data(), buckets_.end);
  FinishScalars(KeptBytes(prompt, focus));
  ForgetBuckets();
}

void FeatureExtractor::Scan(std::span<const Token> tokens) {
  previous_word_ = 0;
  cjk_history_ = {};
  const Token* const end = tokens.data() + tokens.size();
  for (const Token* token = tokens.data(); token != end;) {
    if (token->kind == Token::kWord) {
      token = ScanWords(token, end);
      continue;
    }
    if (token->kind == Token::kSign) {
      ScanSign(*token);
    } else if (token->kind == Token::kNumber) {
      ScanNumber(*token);
    } else {
      AddCjk(*token);
    }
    ++token;
  }
}

// A local one stays in registers.
struct FeatureExtractor::Row {
  NewBuckets buckets;
  uint64_t previous = 0;
  uint32_t bytes = 0, long_words = 0, longest = 0, repeated = 0;

  void Add(uint64_t hash, uint32_t length) {
    bytes += length;
    long_words += length >= kLongWordBytes;
    longest = std::max(longest, length);
    repeated += !buckets.Add(BucketOf(hash));
    if (previous != 0) buckets.Add(BucketOf(HashPair(previous, hash)));
    previous = hash;
  }
};

inline FeatureExtractor::Row FeatureExtractor::BeginRow() const {
  return {buckets_, previous_word_};
}

inline void FeatureExtractor::EndRow(const Row& row) {
  buckets_ = row.buckets;
  previous_word_ = row.previous;
  tally_.word_bytes += row.bytes;
  tally_.long_words += row.long_words;
  tally_.longest_word = std::max(tally_.longest_word, row.longest);
  tally_.repeated += row.repeated;
}

// Returns where they end.
inline const Token* FeatureExtractor::ScanWords(const Token* word, const Token* end) {
  Row row = BeginRow();
  for (; word != end && word->kind == Token::kWord; ++word) {
    ++tally_.words;
    if (word->compound) CountCompound(row.previous, word->hash);
    if (word->facts.cues != 0) CountCues(word->hash, word->facts.cues);
    if (word->wide) CountWide(*word);
    row.Add(word->hash, word->end - word->begin);
  }
  EndRow(row);
  return word;
}

void FeatureExtractor::ScanNumber(const Token& number) {
  const uint32_t length = number.end - number.begin;
  ++tally_.words;
  ++tally_.numbers;
  tally_.longest_number = std::max(tally_.longest_number, length);
  Row row = BeginRow();
  row.Add(HashNumber(length), length);
  EndRow(row);
}

void FeatureExtractor::CountWide(const Token& word) {
  tally_.other_unicode += WideCharacters(text_.substr(word.begin, word.end - word.begin));
}

// "lock-free" is a word of the lists, too; its pair is new as long as it is.
void FeatureExtractor::CountCompound(uint64_t first, uint64_t second) {
  const uint32_t cues = vocabulary_.Find(MixWord(first, second)).cues;
  if (cues != 0) CountCues(HashPair(first, second), cues);
}

void FeatureExtractor::CountCues(uint64_t hash, uint32_t cues) {
  if (tally_.words + tally_.cjk / 3 <= 1) first_word_cues_ |= cues;
  // A repeated cue word is no further evidence.
  const uint32_t bucket = BucketOf(hash);
  if (seen_.data()[bucket / 64] >> (bucket % 64) & 1) return;
  for (; cues != 0; cues &= cues - 1) ++tally_.cues.data()[std::countr_zero(cues)];
}

// Single characters, pairs and triples; words of two to four characters may be cues.
void FeatureExtractor::AddCjk(const Token& character) {
  ++tally_.cjk;
  if (character.begin != cjk_end_) cjk_history_ = {};
  cjk_end_ = character.end;
  uint64_t hash = kNoCjk;
  size_t length = 0;
  std::shift_right(cjk_history_.begin(), cjk_history_.end(), 1);
  cjk_history_[0] = character.character;
  for (const uint32_t one : cjk_history_) {
    if (one == 0) break;
    hash = MixCjk(hash, one);
    ++length;
    const uint64_t word = FinishCjk(hash);
    const uint32_t cues = length >= 2 ? vocabulary_.Find(word).cues : 0;
    if (cues != 0) CountCues(word, cues);
    if (length <= 3 || cues != 0) AddCjkBucket(BucketOf(word));
  }
}

void FeatureExtractor::AddCjkBucket(uint32_t bucket) {
  uint64_t& word = seen_[bucket / 64];
  const uint64_t bit = 1ull << (bucket % 64);
  if ((word & bit) != 0) return;
  word |= bit;
  out_->cjk_buckets.push_back(bucket);
}

void FeatureExtractor::ScanSign(const Token& sign) {
  const uint32_t c = sign.character;
  if (c == kIdeographicStop) {
    ++tally_.ideographic_stops;
  } else if (c >= 0x80) {
    ++tally_.other_unicode;
    buckets_.Add(BucketOf(MixWord(0, c)));
  } else {
    ++tally_.signs.data()[c];
  }
  if (c != '\n') return;
  previous_word_ = 0;
  ScanLineStart(sign.end);
}

void FeatureExtractor::ScanLineStart(size_t at) {
  const std::string_view span = text_;
  if (at + 1 >= span.size()) return;
  const bool option = IsLetter(span[at]) && (span[at + 1] == '.' || span[at + 1] == ')');
  tally_.choice_lines += option;
  tally_.answer_marks += span.substr(at, 7) == "Answer:";
  tally_.lines_with_indent += span[at] == ' ' && span[at + 1] == ' ';
}

void FeatureExtractor::ForgetBuckets() {
  for (const uint32_t bucket : out_->buckets) seen_.data()[bucket / 64] = 0;
  for (const uint32_t bucket : out_->cjk_buckets) seen_[bucket / 64] = 0;
}

uint32_t FeatureExtractor::Tally::Signs(std::string_view characters) const {
  uint32_t sum = 0;
  for (const char c : characters) sum += signs[static_cast<unsigned char>(c)];
  return sum;
}

uint32_t FeatureExtractor::Tally::Punctuation() const {
  return std::accumulate(signs.begin() + ' ' + 1, signs.end(), 0u);
}

void FeatureExtractor::FinishScalars(size_t focus_bytes) {
  Tally& t = tally_;
  const auto cjk_words = static_cast<uint32_t>(std::lround(kWordsACjk * t.cjk));
  const auto cjk_bytes = static_cast<uint32_t>(std::lround(kBytesAWord * cjk_words));
  t.words += cjk_words;
  t.word_bytes += cjk_bytes;
  t.letters += cjk_bytes;
  const double a_byte = 1.0 / std::max(1u, t.bytes);
  const double a_word = 1.0 / std::max(1u, t.words);
  const double a_letter = 1.0 / std::max(1u, t.letters);
  out_->foreign_letters = static_cast<float>(
      t.other_unicode / std::max(1.0, static_cast<double>(t.letters) + t.other_unicode));
  const uint32_t newlines = t.Signs("\n"), questions = t.Signs("?"), commas = t.Signs(",");
  const uint32_t periods = t.Signs(".") + t.ideographic_stops;
  const uint32_t math_signs = t.Signs("=+^*<>"), braces = t.Signs("{};_[]");
  const float shape[kShapeScalars] = {
      LogCount(t.bytes),
      LogCount(static_cast<uint32_t>(focus_bytes)),
      LogCount(t.words),
      static_cast<float>(t.word_bytes * a_word),
      static_cast<float>(t.long_words * a_word),
      static_cast<float>(std::min(t.longest_word, kMostWordBytes)),
      LogCount(t.numbers),
      static_cast<float>(t.numbers * a_word),
      static_cast<float>(t.longest_number),
      static_cast<float>(t.digits * a_byte),
      static_cast<float>(t.capitals * a_letter),
      static_cast<float>(t.Punctuation() * a_byte),
      LogCount(newlines),
      LogCount(questions),
      LogCount(commas),
      static_cast<float>(commas * a_word),
      LogCount(periods),
      static_cast<float>(std::max(1.0, 1.0 * t.words) / (1 + periods + questions + newlines)),
      LogCount(math_signs),
      static_cast<float>(math_signs * a_byte),
      LogCount(t.Signs("$\\")),
      LogCount(braces),
      static_cast<float>(braces * a_byte),
      LogCount(t.Signs("`")),
      static_cast<float>(t.choice_lines),
      static_cast<float>(t.answer_marks),
      LogCount(t.cjk),
      LogCount(t.other_unicode),
      LogCount(t.Signs("\"")),
      LogCount(t.Signs(":")),
      LogCount(t.Signs("(")),
      static_cast<float>(t.repeated * a_word),
      LogCount(t.lines_with_indent)};
  std::copy(shape, shape + kShapeScalars, out_->scalars.begin());
  for (int cue = 0; cue < kCueCount; ++cue) {
    const float first = first_word_cues_ >> cue & 1 ? 0.5f : 0.0f;
    out_->scalars[kShapeScalars + cue] = LogCount(t.cues[cue]) + first;
  }
}

}  // namespace weir::route::learned
