#include "route/learned/text_features.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "route/learned/chars.h"

namespace weir::route::learned {
namespace {

constexpr size_t kMaxBuckets = 3 * (kHeadBytes + kTailBytes) / 2;
constexpr size_t kMinFocusBytes = 16;
constexpr uint32_t kIdeographicStop = 0x3002;
// Characters without blanks: as many English words say the same, and as long ones.
constexpr double kWordsACjk = 0.6;
constexpr double kBytesAWord = 4.7;

// FNV leaves its low bits weakly mixed for short words, so fold the high half in.
uint32_t BucketOf(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15ull;
  return static_cast<uint32_t>(hash >> (64 - kBucketBits));
}

size_t Utf8Length(unsigned char lead) {
  if (lead < 0xc0) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

// Where the last "\n\n" begins, or npos.
size_t LastBlankLine(std::string_view text) {
  while (!text.empty()) {
    const void* found = ::memrchr(text.data(), '\n', text.size());
    if (found == nullptr) break;
    const auto at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    if (at > 0 && text[at - 1] == '\n') return at - 1;
    text = text.substr(0, at);
  }
  return std::string_view::npos;
}

// Start of the last paragraph that holds more than a stray token; 0 when there is only one.
size_t FocusStart(std::string_view text) {
  size_t from = text.size();
  while (from > 0) {
    const size_t at = LastBlankLine(text.substr(0, from + 1));
    if (at == std::string_view::npos) return 0;
    if (text.size() - at >= kMinFocusBytes) return at + 2;
    from = at;
  }
  return 0;
}

constexpr size_t kSmallCounts = 64;
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

// What a byte is inside a word: its small letter, and what it counts for, in lanes of 16 bits that
// are added up for all of them at once.
constexpr int kDigitLane = 16, kUpperLane = 32;
constexpr std::array<uint64_t, 256> kWordBytes = [] {
  std::array<uint64_t, 256> bytes{};
  for (unsigned c = '0'; c <= '9'; ++c) bytes[c] = c | uint64_t{1} << kDigitLane;
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    bytes[c] = c;
    bytes[c - 32] = c | uint64_t{1} << kUpperLane;
  }
  return bytes;
}();

}  // namespace

FeatureExtractor::FeatureExtractor()
    : lexicon_(Lexicon::Instance()), seen_(kBuckets / 64, 0), buckets_(new uint32_t[kMaxBuckets]) {}

void FeatureExtractor::Extract(std::string_view text, FeatureVector* features) {
  out_ = features;
  bucket_count_ = 0;
  out_->cjk_buckets.clear();
  tally_ = Tally{};
  first_word_cues_ = 0;
  const size_t tail = std::min(text.size(), kTailBytes);
  const size_t head = std::min(text.size() - tail, kHeadBytes);
  const std::string_view tail_span = text.substr(text.size() - tail);
  const size_t focus = FocusStart(tail_span);
  ScanSpan(tail_span.substr(focus));
  out_->focus_buckets = bucket_count_;
  ScanSpan(text.substr(0, head));
  ScanSpan(tail_span.substr(0, focus));
  out_->buckets.assign(buckets_.get(), buckets_.get() + bucket_count_);
  FinishScalars(text.size(), tail - focus);
  ForgetBuckets();
}

void FeatureExtractor::ScanSpan(std::string_view span) {
  previous_word_ = 0;
  cjk_history_ = {};
  tally_.bytes += static_cast<uint32_t>(span.size());
  size_t at = 0;
  while (at < span.size()) {
    const unsigned char c = static_cast<unsigned char>(span[at]);
    if (IsLetter(c) || IsDigit(c)) {
      at = ScanWord(span, at);
    } else if (c >= 0x80) {
      at = ScanUnicode(span, at);
    } else {
      ScanSign(span, at);
      ++at;
    }
  }
}

size_t FeatureExtractor::ScanWord(std::string_view span, size_t start) {
  uint64_t hash = kFnvOffset;
  uint64_t counts = 0;
  size_t at = start;
  // The hot loop: without a check at each byte.
  const char* const bytes = span.data();
  for (const size_t size = span.size(); at < size; ++at) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    uint64_t byte = kWordBytes.data()[c];
    if (byte == 0) {
      const bool joins = (c == '\'' || c == '-') && at + 1 < size &&
                         IsLetter(static_cast<unsigned char>(bytes[at + 1]));
      if (!joins) break;
      byte = c;
    }
    counts += byte & ~uint64_t{0xff};
    hash = MixByte(hash, static_cast<unsigned char>(byte));
  }
  tally_.upper += LaneOf(counts, kUpperLane);
  CloseWord(hash, static_cast<uint32_t>(at - start), LaneOf(counts, kDigitLane));
  return at;
}

void FeatureExtractor::CloseWord(uint64_t hash, uint32_t length, uint32_t digits) {
  ++tally_.words;
  tally_.word_bytes += length;
  tally_.digits += digits;
  tally_.letters += length - digits;
  tally_.long_words += length >= 8;
  tally_.longest_word = std::max(tally_.longest_word, std::min(length, 40u));
  // Numbers hash by shape only: their values do not generalise.
  if (digits == length) {
    ++tally_.numbers;
    tally_.longest_number = std::max(tally_.longest_number, length);
    hash = kFnvPrime * (1000 + std::min(length, 5u));
  } else {
    CountCues(hash);
  }
  AddBucket(hash, true);
  if (previous_word_ != 0) AddBucket(previous_word_ * 0x9e3779b97f4a7c15ull + hash, false);
  previous_word_ = hash;
}

void FeatureExtractor::CountCues(uint64_t hash) {
  uint32_t cues = lexicon_.CuesOf(hash);
  if (cues == kNoCues) return;
  if (tally_.words + tally_.cjk / 3 <= 1) first_word_cues_ |= cues;
  // A repeated cue word is no further evidence.
  const uint32_t bucket = BucketOf(hash);
  if (seen_[bucket / 64] >> (bucket % 64) & 1) return;
  for (; cues != 0; cues &= cues - 1) ++tally_.cues[std::countr_zero(cues)];
}

size_t FeatureExtractor::ScanUnicode(std::string_view span, size_t start) {
  const size_t length = Utf8Length(static_cast<unsigned char>(span[start]));
  if (start + length > span.size()) return span.size();
  if (length == 3 && IsCjk(DecodeThreeBytes(span, start))) {
    AddCjk(DecodeThreeBytes(span, start));
  } else if (length == 3 && DecodeThreeBytes(span, start) == kIdeographicStop) {
    cjk_history_ = {};
    ++tally_.ideographic_stops;
  } else if (length > 1) {
    cjk_history_ = {};
    ++tally_.other_unicode;
    AddBucket(HashBytes(span.substr(start, length)), false);
  }
  return start + length;
}

// Single characters, pairs and triples; words of two to four characters may be cues.
void FeatureExtractor::AddCjk(uint32_t code_point) {
  ++tally_.cjk;
  uint64_t hash = kNoCjk;
  size_t length = 0;
  std::shift_right(cjk_history_.begin(), cjk_history_.end(), 1);
  cjk_history_[0] = code_point;
  for (const uint32_t character : cjk_history_) {
    if (character == 0) break;
    hash = MixCjk(hash, character);
    ++length;
    if (length >= 2) CountCues(hash);
    if (length <= 3) AddCjkBucket(BucketOf(hash));
  }
}

void FeatureExtractor::AddCjkBucket(uint32_t bucket) {
  uint64_t& word = seen_[bucket / 64];
  const uint64_t bit = 1ull << (bucket % 64);
  if ((word & bit) != 0 || out_->cjk_buckets.size() == kMaxBuckets) return;
  word |= bit;
  out_->cjk_buckets.push_back(bucket);
}

void FeatureExtractor::ScanSign(std::string_view span, size_t at) {
  const auto c = static_cast<unsigned char>(span[at]);
  cjk_history_ = {};
  ++tally_.signs[c];
  if (c == '\n') {
    previous_word_ = 0;
    ScanLineStart(span, at + 1);
  }
}

void FeatureExtractor::ScanLineStart(std::string_view span, size_t at) {
  if (at + 1 >= span.size()) return;
  const bool option = IsLetter(span[at]) && (span[at + 1] == '.' || span[at + 1] == ')');
  tally_.choice_lines += option;
  tally_.answer_marks += span.substr(at, 7) == "Answer:";
  tally_.lines_with_indent += span[at] == ' ' && span[at + 1] == ' ';
}

void FeatureExtractor::AddBucket(uint64_t hash, bool countable) {
  const uint32_t bucket = BucketOf(hash);
  uint64_t& word = seen_.data()[bucket / 64];
  const uint64_t bit = 1ull << (bucket % 64);
  if (word & bit) {
    tally_.repeated += countable;
    return;
  }
  if (bucket_count_ == kMaxBuckets) return;
  word |= bit;
  buckets_[bucket_count_++] = bucket;
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

void FeatureExtractor::FinishScalars(size_t full_bytes, size_t focus_bytes) {
  Tally& t = tally_;
  const auto cjk_words = static_cast<uint32_t>(std::lround(kWordsACjk * t.cjk));
  const auto cjk_bytes = static_cast<uint32_t>(std::lround(kBytesAWord * cjk_words));
  t.words += cjk_words;
  t.word_bytes += cjk_bytes;
  t.letters += cjk_bytes;
  const double bytes = std::max(1u, t.bytes);
  const double words = std::max(1u, t.words);
  const double letters = std::max(1u, t.letters);
  out_->foreign_letters = static_cast<float>(
      t.other_unicode / std::max(1.0, static_cast<double>(t.letters) + t.other_unicode));
  const uint32_t newlines = t.Signs("\n"), questions = t.Signs("?"), commas = t.Signs(",");
  const uint32_t periods = t.Signs(".") + t.ideographic_stops;
  const uint32_t math_signs = t.Signs("=+^*<>"), braces = t.Signs("{};_[]");
  const float shape[kShapeScalars] = {
      LogCount(full_bytes),
      LogCount(focus_bytes),
      LogCount(t.words),
      static_cast<float>(t.word_bytes / words),
      static_cast<float>(t.long_words / words),
      static_cast<float>(t.longest_word),
      LogCount(t.numbers),
      static_cast<float>(t.numbers / words),
      static_cast<float>(t.longest_number),
      static_cast<float>(t.digits / bytes),
      static_cast<float>(t.upper / letters),
      static_cast<float>(t.Punctuation() / bytes),
      LogCount(newlines),
      LogCount(questions),
      LogCount(commas),
      static_cast<float>(commas / words),
      LogCount(periods),
      static_cast<float>(words / (1 + periods + questions + newlines)),
      LogCount(math_signs),
      static_cast<float>(math_signs / bytes),
      LogCount(t.Signs("$\\")),
      LogCount(braces),
      static_cast<float>(braces / bytes),
      LogCount(t.Signs("`")),
      static_cast<float>(t.choice_lines),
      static_cast<float>(t.answer_marks),
      LogCount(t.cjk),
      LogCount(t.other_unicode),
      LogCount(t.Signs("\"")),
      LogCount(t.Signs(":")),
      LogCount(t.Signs("(")),
      static_cast<float>(t.repeated / words),
      LogCount(t.lines_with_indent)};
  std::copy(shape, shape + kShapeScalars, out_->scalars.begin());
  for (int cue = 0; cue < kCueCount; ++cue) {
    const float first = first_word_cues_ >> cue & 1 ? 0.5f : 0.0f;
    out_->scalars[kShapeScalars + cue] = LogCount(t.cues[cue]) + first;
  }
}

}  // namespace weir::route::learned
