// The scale of scores: needs of a reference traffic at equal steps of its share.
#pragma once

#include <vector>

#include "route/learned/weights.h"

namespace weir::learn {

struct WeighedNeed {
  float need;
  double weight = 1;
};

// `needs` is not empty, its weights are not all 0.
route::learned::ShareTable SharesOf(std::vector<WeighedNeed> needs);

}  // namespace weir::learn
