#include "quality/share_interval.h"

#include <cmath>
#include <limits>

namespace weir::quality {
namespace {

// Jeffreys' prior: half a verdict each way. Shares near 1, which are what is measured here, are
// learned sooner than by the uniform one.
constexpr double kPrior = 0.5;
constexpr int kBisections = 50;

double LogBeta(double a, double b) {
  int sign = 0;  // lgamma() writes a global
  return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

double Times(double count, double log) {
  return count == 0 ? 0 : count * log;  // 0 * -inf
}

}  // namespace

void ShareInterval::Add(bool good, double weight) {
  (good ? good_ : bad_) += weight;
}

double ShareInterval::share() const {
  return weight() > 0 ? good_ / weight() : 0.5;
}

double ShareInterval::LogEvidence(double p) const {
  return LogBeta(good_ + kPrior, bad_ + kPrior) - LogBeta(kPrior, kPrior) -
         Times(good_, std::log(p)) - Times(bad_, std::log1p(-p));
}

bool ShareInterval::Excludes(double p, double alpha) const {
  return LogEvidence(p) >= -std::log(alpha);
}

Interval ShareInterval::Bounds(double alpha) const {
  // The evidence against p falls up to the share found and grows behind it.
  const auto edge = [&](double outside, double inside) {
    if (!Excludes(outside, alpha)) return outside;
    for (int i = 0; i < kBisections; ++i) {
      const double middle = (outside + inside) / 2;
      (Excludes(middle, alpha) ? outside : inside) = middle;
    }
    return outside;
  };
  return {edge(0, share()), edge(1, share())};
}

}  // namespace weir::quality
