// The need for a strong model by own labels: a ridge over the shipped heads' outputs and the
// scalars, and one over the n-grams for what that leaves.
#pragma once

#include <span>
#include <vector>

#include "learn/training_row.h"

namespace weir::learn {

struct OwnHeadFit {
  route::learned::OwnHead head;
  std::vector<int8_t> ngrams;  // by bucket, in steps of the head
  // What the labels would be given by heads that have not seen them.
  std::vector<float> unseen;
};

// The penalties with the least squared error on labels not seen, of a small grid.
OwnHeadFit FitOwnHead(const Weights& base, std::span<const OwnLabel> labels);

}  // namespace weir::learn
