// The n-grams of training rows as a sparse matrix: a row for each prompt, over the root of their
// number, as serving reads them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/training_row.h"

namespace weir::learn {

class SparseRows {
 public:
  // A place is 2^`place_shift` neighbouring buckets, and one column where it has n-grams of at
  // least `fewest_rows` rows. Those of the other places are left out, but count in their rows'
  // length.
  struct Options {
    float context_weight = 1;  // of n-grams before the last paragraph
    uint32_t fewest_rows = 1;
    uint32_t place_shift = 0;
  };

  SparseRows(std::span<const FeatureVector* const> rows, const Options& options);

  size_t rows() const { return row_start_.size() - 1; }
  size_t columns() const { return place_.size(); }
  uint32_t PlaceOf(size_t column) const { return place_[column]; }
  // By place: how many rows have n-grams there.
  const std::vector<uint32_t>& row_counts() const { return row_counts_; }

  struct Row {
    std::span<const uint32_t> columns;
    std::span<const float> values;
  };
  Row operator[](size_t row) const {
    const size_t begin = row_start_[row], count = row_start_[row + 1] - begin;
    return {std::span(column_).subspan(begin, count), std::span(value_).subspan(begin, count)};
  }

 private:
  void CountRows(std::span<const FeatureVector* const> rows);
  void NumberColumns();
  void AppendRow(const FeatureVector& row);

  Options options_;
  std::vector<uint32_t> row_counts_;
  std::vector<int32_t> column_of_place_;
  std::vector<uint32_t> place_;
  std::vector<uint32_t> column_;
  std::vector<float> value_;
  std::vector<size_t> row_start_{0};
};

}  // namespace weir::learn
