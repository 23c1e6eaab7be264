#include "quality/key_weights.h"

#include <algorithm>

#include "base/hash.h"

namespace weir::quality {

double KeyWeights::Take(std::string_view key) {
  uint64_t name = Hash64(key);
  if (!by_key_.contains(name) && by_key_.size() >= kMaxKeys) name = 0;
  double& own = by_key_[name];
  double weight = 1;
  if (cap_ < 1 && static_cast<double>(by_key_.size()) * cap_ >= 1) {
    // own + w <= cap * (total + w)
    weight = std::clamp((cap_ * total_ - own) / (1 - cap_), 0.0, 1.0);
    // Five keys with one verdict each could never begin otherwise.
    if (own == 0) weight = 1;
  }
  own += weight;
  total_ += weight;
  return weight;
}

}  // namespace weir::quality
