// Which of a few lists of ASCII words occurs in a text, in one pass at memory speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::route {

// Words are lower-case ASCII letters and blanks, at least kStem long; letters match in both cases.
using WordList = std::span<const std::string_view>;

// Immutable; any thread.
class KeywordScan {
 public:
  static constexpr size_t kStem = 4;  // bytes that a position is sieved by
  static constexpr size_t kMaxLists = 8;

  // The lists stand in order of precedence and must outlive the scan.
  explicit KeywordScan(std::span<const WordList> lists);

  // Index of the first list that has a word anywhere in `text`, as a substring; -1 when none has.
  // O(text), whatever the text.
  int FirstList(std::string_view text) const;
  // The same without wide instructions: for other machines, and the other's oracle.
  int FirstListPortable(std::string_view text) const;

 private:
  struct Word {
    std::string_view text;
    uint32_t stem;  // its first kStem bytes
    int list;
  };
  using Buckets = uint8_t;  // a bit each
  static constexpr size_t kBuckets = 8;
  struct Hit {
    int best;      // the first list found so far; how many there are: none yet
    Buckets open;  // those with a word of an earlier list
  };

  Hit None() const;
  int ListOf(const Hit& hit) const;
  void Verify(std::string_view text, Buckets maybe, Hit* hit) const;
  void Found(int list, Hit* hit) const;
  void ScanPortable(std::string_view text, Hit* hit) const;
  size_t ScanAvx2(std::string_view text, Hit* hit) const;  // returns how far it came

  int lists_;
  // Words in alphabetical order, so that those of a bucket begin alike; within one by precedence.
  std::array<std::vector<Word>, kBuckets> buckets_;
  // Per byte of the stem: the buckets that have a word with this byte there.
  std::array<std::array<Buckets, 256>, kStem> by_byte_{};
  // The same per low and high half of the byte: a superset, in the form of a shuffle's operand.
  std::array<std::array<Buckets, 16>, kStem> by_low_{};
  std::array<std::array<Buckets, 16>, kStem> by_high_{};
};

}  // namespace weir::route
