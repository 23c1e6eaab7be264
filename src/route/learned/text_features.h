// Tokens of a text -> distinct hashed n-grams and scalar shape features.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "route/learned/lexicon.h"
#include "route/learned/text_map.h"
#include "route/learned/tokens.h"

namespace weir::route::learned {

inline constexpr uint32_t kBucketBits = 18;
inline constexpr uint32_t kBuckets = 1u << kBucketBits;
inline constexpr int kShapeScalars = 33;
inline constexpr int kScalars = kShapeScalars + kCueCount;

// Positions in FeatureVector::scalars that code refers to by name; cue k is at kShapeScalars + k.
inline constexpr int kLogWords = 2;
inline constexpr int kLogLatex = 20;
inline constexpr int kLogCjk = 26;

using Scalars = std::array<float, kScalars>;

struct FeatureVector {
  // Distinct buckets: first those of the last paragraph, then those of the text before it.
  std::vector<uint32_t> buckets;
  size_t focus_buckets = 0;
  std::vector<uint32_t> cjk_buckets;  // of CJK n-grams, wherever they stand
  float foreign_letters = 0;          // share of characters neither ASCII nor CJK
  Scalars scalars{};
};

// What is kept of a text.
struct Prompt {
  const TextMap* text = nullptr;
  std::span<const Token> tokens;
  std::span<const Cut> cuts;  // what is not; in the order of the text
};

// Not thread safe; keep one per thread. Allocates only while its buffers grow to their bound.
class FeatureExtractor {
 public:
  FeatureExtractor();
  void Extract(const Prompt& prompt, FeatureVector* features);

 private:
  struct Tally {
    uint32_t bytes, words, word_bytes, long_words, longest_word, numbers, longest_number;
    uint32_t digits, capitals, letters, choice_lines, answer_marks, cjk, ideographic_stops;
    uint32_t other_unicode;  // characters neither ASCII nor CJK
    uint32_t repeated, lines_with_indent;
    std::array<uint32_t, 128> signs;  // by their character
    std::array<uint32_t, kCueCount> cues;

    // How often the text has any of these characters.
    uint32_t Signs(std::string_view characters) const;
    uint32_t Punctuation() const;
  };

  struct NewBuckets {
    uint64_t* seen = nullptr;  // a bit a bucket
    uint32_t* end = nullptr;   // of those found so far, in their order

    // Whether it is new.
    bool Add(uint32_t bucket) {
      uint64_t& word = seen[bucket / 64];
      const uint64_t bit = uint64_t{1} << (bucket % 64);
      if ((word & bit) != 0) return false;
      word |= bit;
      *end++ = bucket;
      return true;
    }
  };
  struct Row;  // of words and numbers

  void Scan(std::span<const Token> tokens);
  const Token* ScanWords(const Token* word, const Token* end);
  void ScanNumber(const Token& number);
  void ScanSign(const Token& sign);
  void ScanLineStart(size_t at);
  Row BeginRow() const;
  void EndRow(const Row& row);
  void CountWide(const Token& word);
  void CountCompound(uint64_t first, uint64_t second);
  void CountCues(uint64_t hash, uint32_t cues);
  void AddCjk(const Token& character);
  void AddCjkBucket(uint32_t bucket);
  void FinishScalars(size_t focus_bytes);
  void ForgetBuckets();

  const WordTable& vocabulary_ = Vocabulary();
  std::vector<uint64_t> seen_;
  std::vector<uint32_t> found_;
  NewBuckets buckets_;
  std::string_view text_;
  FeatureVector* out_ = nullptr;
  Tally tally_{};
  uint64_t previous_word_ = 0;
  std::array<uint32_t, 4> cjk_history_{};  // the newest first; 0: none
  uint32_t cjk_end_ = 0;                   // of the newest
  uint32_t first_word_cues_ = 0;
};

}  // namespace weir::route::learned
