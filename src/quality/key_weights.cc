#include "quality/key_weights.h"

#include <algorithm>

#include "base/hash.h"

namespace weir::quality {
namespace {

constexpr double kSlack = 5;  // weight: a few verdicts in a row are chance

}  // namespace

double KeyWeights::Take(std::string_view key) {
  if (cap_ >= 1) return 1;
  Sums& own = Entry(Hash64(key));
  own.verdicts += 1;
  total_.verdicts += 1;
  const double part = Part();
  double weight = 1;
  if (part < 1) {
    // own + w <= part * (total + w) + slack
    const double left = part * total_.weight + kSlack - own.weight;
    weight = std::clamp(left / (1 - part), kLeast, 1.0);
  }
  own.weight += weight;
  total_.weight += weight;
  if (total_.verdicts >= 2 * kWindow) Forget();
  return weight;
}

// A new key takes the place and the sums of the one that has the fewest verdicts: heavy ones are
// never missed so (Metwally, Agrawal, El Abbadi 2005, "space-saving").
KeyWeights::Sums& KeyWeights::Entry(uint64_t name) {
  Sums sums;
  if (by_key_.size() >= kMaxKeys && !by_key_.contains(name)) {
    const auto fewest = std::ranges::min_element(
        by_key_, {}, [](const auto& entry) { return entry.second.verdicts; });
    sums = fewest->second;
    by_key_.erase(fewest);
  }
  return by_key_.try_emplace(name, sums).first->second;
}

double KeyWeights::Part() const {
  const double fewest = kInUse * total_.verdicts;
  const auto in_use = static_cast<double>(std::ranges::count_if(
      by_key_, [fewest](const auto& entry) { return entry.second.verdicts >= fewest; }));
  return in_use * cap_ <= 1 ? 1 : std::max(cap_, 2 / in_use);
}

void KeyWeights::Forget() {
  std::erase_if(by_key_, [](const auto& entry) { return entry.second.verdicts <= 1; });
  total_ = Sums();
  for (auto& [name, sums] : by_key_) {
    total_.verdicts += sums.verdicts /= 2;
    total_.weight += sums.weight /= 2;
  }
}

}  // namespace weir::quality
