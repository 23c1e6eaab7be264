#include "quality/recent_loss.h"

#include <cmath>

namespace weir::quality {

void RecentLoss::Sums::Add(bool cheap, double seen, double requests, double weight) {
  traffic += requests;
  if (!cheap) return;
  cheap_traffic += requests;
  count += weight;
  net += weight * seen;
  square += weight * seen * seen;
}

void RecentLoss::Add(bool cheap, double net, double traffic, double weight) {
  older_.Add(cheap, net, traffic, weight);
  if (older_.count > kWindow) younger_.Add(cheap, net, traffic, weight);
  if (younger_.count < kWindow) return;
  older_ = younger_;
  younger_ = Sums();
}

double RecentLoss::error() const {
  // Two verdicts that say something of four: a few ties in a row are no certainty.
  return Share() * std::sqrt((older_.square + 2) / (older_.count + 4) / (older_.count + 1));
}

}  // namespace weir::quality
