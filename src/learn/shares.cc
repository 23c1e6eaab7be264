#include "learn/shares.h"

#include <algorithm>

namespace weir::learn {

using route::learned::ShareTable;

ShareTable SharesOf(std::vector<WeighedNeed> needs) {
  std::ranges::sort(needs, {}, &WeighedNeed::need);
  double total = 0;
  for (const WeighedNeed& each : needs) total += each.weight;
  ShareTable shares;
  double below = 0;
  size_t at = 0;
  for (size_t knot = 0; knot < shares.size(); ++knot) {
    const double share = route::learned::ShareOfKnot(knot) * total;
    while (at + 1 < needs.size() && below + needs[at].weight <= share) below += needs[at++].weight;
    shares[knot] = needs[at].need;
  }
  return shares;
}

}  // namespace weir::learn
