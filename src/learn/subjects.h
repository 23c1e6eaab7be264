// The subjects of training rows, as their data names them: of one source, and of its category where
// it names none.
#pragma once

#include <span>
#include <vector>

#include "learn/training_row.h"

namespace weir::learn {

class Subjects {
 public:
  // The smallest of too many subjects become one for each category. Rows whose category is no task
  // type are one subject, of the type kTypes.
  explicit Subjects(std::span<const TrainingRow* const> rows);

  // In the order of their task types.
  size_t size() const { return type_.size(); }
  int TypeOf(size_t subject) const { return type_[subject]; }
  // Of the row.
  size_t Of(size_t row) const { return of_row_[row]; }

  // Mean of the rows' values by subject, pulled towards the mean of all rows; last, the mean of
  // all, which is what is known of what is no row.
  std::vector<float> Means(std::span<const float> values) const;

 private:
  std::vector<int> type_;
  std::vector<size_t> of_row_;
};

}  // namespace weir::learn
