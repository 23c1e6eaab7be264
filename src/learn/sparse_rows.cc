#include "learn/sparse_rows.h"

#include <algorithm>
#include <cmath>

namespace weir::learn {

SparseRows::SparseRows(std::span<const FeatureVector* const> rows, const Options& options)
    : options_(options),
      row_counts_(kBuckets >> options.place_shift, 0),
      column_of_place_(row_counts_.size(), -1) {
  CountRows(rows);
  NumberColumns();
  for (const FeatureVector* row : rows) AppendRow(*row);
}

void SparseRows::CountRows(std::span<const FeatureVector* const> rows) {
  std::vector<size_t> last(row_counts_.size());  // row that has the place, counted from 1
  for (size_t row = 0; row < rows.size(); ++row) {
    for (const uint32_t bucket : rows[row]->buckets) {
      const uint32_t place = bucket >> options_.place_shift;
      if (last[place] != row + 1) ++row_counts_[place];
      last[place] = row + 1;
    }
  }
}

void SparseRows::NumberColumns() {
  for (uint32_t place = 0; place < row_counts_.size(); ++place) {
    if (row_counts_[place] < options_.fewest_rows) continue;
    column_of_place_[place] = static_cast<int32_t>(place_.size());
    place_.push_back(place);
  }
}

void SparseRows::AppendRow(const FeatureVector& row) {
  const size_t context = row.buckets.size() - row.focus_buckets;
  const float share = options_.context_weight;
  const float squares =
      static_cast<float>(row.focus_buckets) + share * share * static_cast<float>(context);
  const float norm = std::sqrt(std::max(1.0f, squares));
  for (size_t i = 0; i < row.buckets.size(); ++i) {
    const int32_t column = column_of_place_[row.buckets[i] >> options_.place_shift];
    if (column < 0) continue;
    column_.push_back(static_cast<uint32_t>(column));
    value_.push_back((i < row.focus_buckets ? 1.0f : share) / norm);
  }
  row_start_.push_back(column_.size());
}

}  // namespace weir::learn
