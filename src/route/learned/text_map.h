// A text, and for each class of characters a map of the bytes that belong to it: what reads the
// text goes from word to word by its maps, and not from byte to byte.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "route/learned/chars.h"

namespace weir::route::learned {

// Keeps its buffers: one a thread. Not thread-safe.
class TextMap {
 public:
  enum Kind : uint8_t {
    kPlain,    // ASCII letters and digits
    kDigit,    // ASCII
    kWide,     // part of a character outside ASCII
    kCapital,  // ASCII
    kVowel,    // a e i o u y, of either case
    kSpace,    // ' '
    kBlank,    // ' ', \t, \n, \r
    kNewline,  // \n
    kRepeat,   // as the byte before it
    kKinds
  };

  // Forgets the text before. O(text): AVX2 where the processor has it. `text` must stay.
  void Read(std::string_view text);
  // The same, without AVX2.
  void ReadPortable(std::string_view text);

  std::string_view text() const { return text_; }
  // The text with ASCII letters small; kPadding NULs behind it.
  const char* lower() const { return lower_.data(); }
  static constexpr size_t kPadding = 64;

  // Blocks of 64 bytes; the last one may reach behind the text, where no byte is of any kind.
  size_t blocks() const { return blocks_; }
  // Bit i: byte 64 * block + i.
  uint64_t Block(Kind kind, size_t block) const { return MapOf(kind)[block]; }
  // Bit i: byte `at` + i. `at` is at most the text's size.
  uint64_t From(Kind kind, size_t at) const {
    const uint64_t* const map = MapOf(kind) + at / 64;
    const size_t shift = at % 64;
    return map[0] >> shift | (map[1] << 1) << (63 - shift);
  }
  // Bit i: whether the text has a byte there.
  uint64_t Within(size_t block) const {
    const size_t left = text_.size() - 64 * block;
    return left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
  }
  // Whether one of `count` bytes from `at` is of that kind; of no more than 64.
  bool Has(Kind kind, size_t at, size_t count) const {
    return From(kind, at) << (count < 64 ? 64 - count : 0) != 0;
  }
  uint32_t Count(Kind kind) const { return counts_[kind]; }
  // Of the bytes from `begin` to `end`.
  uint32_t Count(Kind kind, size_t begin, size_t end) const;
  bool ascii() const { return ascii_; }
  // Whether a character stands more than kLongestRun times in a row, or a blank kLongestBlank.
  bool HasLongRun() const;
  static constexpr size_t kLongestRun = 4;
  static constexpr size_t kLongestBlank = 2;

  // The first byte from `at` on that is not plain.
  size_t SkipPlain(size_t at) const {
    uint64_t plain = From(kPlain, at);
    for (; plain == ~uint64_t{0}; plain = From(kPlain, at)) at += 64;
    return at + static_cast<size_t>(std::countr_one(plain));
  }

 private:
  const uint64_t* MapOf(Kind kind) const { return maps_.data() + kind * stride_; }
  // Readies the buffers for `text`.
  void Begin(std::string_view text);
  void End();
  void MapBlockPortable(size_t block);
  void MapAvx2();

  std::string_view text_;
  std::vector<char> lower_;
  std::array<uint32_t, kKinds> counts_{};
  std::vector<uint64_t> maps_;  // of one kind behind the other, and one empty block behind each
  size_t stride_ = 0;
  size_t blocks_ = 0;
  bool ascii_ = true;
};

}  // namespace weir::route::learned
