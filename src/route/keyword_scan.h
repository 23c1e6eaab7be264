// Which of a few lists of ASCII words occurs in a text, in one pass at memory speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

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
  // Lists that are still worth finding: those before the best one found.
  using ListSet = uint8_t;
  struct Hit {
    ListSet open;
    int best = -1;
  };

  void Verify(std::string_view text, ListSet maybe, Hit* hit) const;
  void ScanPortable(std::string_view text, Hit* hit) const;
  size_t ScanAvx2(std::string_view text, Hit* hit) const;  // returns how far it came

  std::span<const WordList> lists_;
  ListSet all_ = 0;
  // Per byte of the stem: the lists that have a word with this byte there.
  std::array<std::array<ListSet, 256>, kStem> by_byte_{};
  // The same per low and high half of the byte: a superset, in the form of a shuffle's operand.
  std::array<std::array<ListSet, 16>, kStem> by_low_{};
  std::array<std::array<ListSet, 16>, kStem> by_high_{};
};

}  // namespace weir::route
