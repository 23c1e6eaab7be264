// Sums of the signed bytes that n-grams have in a table, each column by itself.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::route::learned {

// A row's bytes as lanes of 16 bits.
template <size_t kBytes>
struct StepLanes;
template <>
struct StepLanes<4> {
  using Words = uint32_t;
  static constexpr Words kLow = 0x00ff00ff;
};
template <>
struct StepLanes<16> {
  using Words = uint16_t __attribute__((vector_size(16)));
  static constexpr uint16_t kLow = 0x00ff;
};

// `row_of` is a function of an n-gram to its Row in the table, whose bytes are the columns.
template <typename Row, typename RowOf>
std::array<int32_t, sizeof(Row)> SumSteps(std::span<const uint32_t> ngrams, const RowOf& row_of) {
  static_assert(std::endian::native == std::endian::little, "even columns are the low bytes");
  using Lanes = StepLanes<sizeof(Row)>;
  using Words = typename Lanes::Words;
  // Bytes made unsigned: a lane holds kMost of them.
  constexpr size_t kMost = 256;
  constexpr int32_t kBias = 128;
  Words bias;
  std::memset(&bias, kBias, sizeof bias);
  std::array<int32_t, sizeof(Row)> sums{};
  for (size_t begin = 0; begin < ngrams.size(); begin += kMost) {
    const auto some = ngrams.subspan(begin, std::min(kMost, ngrams.size() - begin));
    Words even{}, odd{};
    for (const uint32_t ngram : some) {
      Words words;
      std::memcpy(&words, &row_of(ngram), sizeof words);
      words ^= bias;
      even += words & Lanes::kLow;
      odd += (words >> 8) & Lanes::kLow;
    }
    std::array<std::array<uint16_t, sizeof(Row) / 2>, 2> parts;
    std::memcpy(parts[0].data(), &even, sizeof even);
    std::memcpy(parts[1].data(), &odd, sizeof odd);
    for (size_t column = 0; column < sums.size(); ++column) {
      sums[column] += parts[column % 2][column / 2] - kBias * static_cast<int32_t>(some.size());
    }
  }
  return sums;
}

}  // namespace weir::route::learned
