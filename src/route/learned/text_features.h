// Text -> distinct hashed n-grams and scalar shape features, in one bounded pass.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "route/learned/lexicon.h"

namespace weir::route::learned {

inline constexpr uint32_t kBucketBits = 18;
inline constexpr uint32_t kBuckets = 1u << kBucketBits;
inline constexpr size_t kHeadBytes = 8192;
inline constexpr size_t kTailBytes = 8192;
inline constexpr int kShapeScalars = 33;
inline constexpr int kScalars = kShapeScalars + kCueCount;

// Positions in FeatureVector::scalars that code refers to by name; cue k is at kShapeScalars + k.
inline constexpr int kLogWords = 2;
inline constexpr int kLogNumbers = 6;
inline constexpr int kLogLatex = 20;
inline constexpr int kChoiceLines = 24;
inline constexpr int kAnswerMarks = 25;
inline constexpr int kLogCjk = 26;

struct FeatureVector {
  // Distinct buckets: first those of the last paragraph, then those of the text before it.
  std::vector<uint32_t> buckets;
  size_t focus_buckets = 0;
  std::vector<uint32_t> cjk_buckets;  // of CJK n-grams, wherever they stand
  float foreign_letters = 0;          // share of characters neither ASCII nor CJK
  std::array<float, kScalars> scalars{};
};

// Not thread safe; keep one per thread. Allocates only while its buffers grow to their bound.
class FeatureExtractor {
 public:
  FeatureExtractor();
  void Extract(std::string_view text, FeatureVector* features);

 private:
  struct Tally {
    uint32_t bytes, words, word_bytes, long_words, longest_word, numbers, longest_number;
    uint32_t digits, upper, letters, choice_lines, answer_marks, cjk, ideographic_stops;
    uint32_t other_unicode, repeated, lines_with_indent;
    std::array<uint32_t, 128> signs;  // by their character
    std::array<uint32_t, kCueCount> cues;

    // How often the text has any of these characters.
    uint32_t Signs(std::string_view characters) const;
    uint32_t Punctuation() const;
  };

  void ScanSpan(std::string_view span);
  size_t ScanWord(std::string_view span, size_t start);
  size_t ScanUnicode(std::string_view span, size_t start);
  void ScanSign(std::string_view span, size_t at);
  void ScanLineStart(std::string_view span, size_t at);
  void CloseWord(uint64_t hash, uint32_t length, uint32_t digits);
  void CountCues(uint64_t hash);
  void AddCjk(uint32_t code_point);
  void AddCjkBucket(uint32_t bucket);
  void AddBucket(uint64_t hash, bool countable);
  void FinishScalars(size_t full_bytes, size_t focus_bytes);
  void ForgetBuckets();

  const Lexicon& lexicon_;
  std::vector<uint64_t> seen_;
  const std::unique_ptr<uint32_t[]> buckets_;  // found so far, in their order
  size_t bucket_count_ = 0;
  FeatureVector* out_ = nullptr;
  Tally tally_{};
  uint64_t previous_word_ = 0;
  std::array<uint32_t, 4> cjk_history_{};  // the newest first; 0: none
  uint32_t first_word_cues_ = 0;
};

}  // namespace weir::route::learned
