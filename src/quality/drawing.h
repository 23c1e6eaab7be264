// Which of the models that a request could measure is measured by it.
#pragma once

#include <cstddef>

namespace weir::quality {

struct Drawn {
  size_t place = 0;
  double chance = 1;  // that it was this one
};

// One of `count`, at least one. `own(place)`: see Judged. Verdicts on requests that a cheaper model
// answers tell only how to part an allowance (parts.h), so they are drawn half as often.
// `uniform`: a random number from [0, 1).
template <class Own>
Drawn DrawOne(size_t count, const Own& own, double uniform) {
  const auto weight = [&own](size_t place) { return own(place) ? 1 : 0.5; };
  double all = 0;
  for (size_t place = 0; place < count; ++place) all += weight(place);
  double at = uniform * all;
  size_t place = 0;
  while (place + 1 < count && at >= weight(place)) at -= weight(place++);
  return {place, weight(place) / all};
}

}  // namespace weir::quality
