#include "catalog/directory.h"

namespace weir::catalog {

Result<NanoUsd> HighestCost(int64_t prompt, int64_t completion, const Prices& prices) {
  CostSum sum;
  sum.Add(prompt,
          std::max({prices.input, prices.cached_input, prices.cache_write.value_or(prices.input)}));
  sum.Add(completion, prices.output);
  return sum.Rounded();
}

}  // namespace weir::catalog
