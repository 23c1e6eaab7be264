#include "catalog/directory.h"

namespace weir::catalog {

Result<NanoUsd> Cost(const Usage& usage, const Prices& prices) {
  if (usage.prompt < 0 || usage.cached < 0 || usage.cached > usage.prompt) {
    return MakeError(Reason::kInternal, "an attempt counts more cached than prompt tokens");
  }
  CostSum sum;
  sum.Add(usage.prompt - usage.cached, prices.input);
  sum.Add(usage.cached, prices.cached_input);
  sum.Add(usage.completion, prices.output);
  return sum.Rounded();
}

}  // namespace weir::catalog
