#include "quality/count_interval.h"

namespace weir::quality {

Interval CountInterval(int64_t good, int64_t count, double alpha) {
  ShareInterval share;
  for (int64_t i = 0; i < count; ++i) share.Add(i < good);
  return share.Bounds(alpha);
}

}  // namespace weir::quality
