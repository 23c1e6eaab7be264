// A confidence sequence for a share: an interval that may be looked at after each verdict, acted on
// and looked at again, and still misses the true share at any time at all with probability alpha at
// most.
//
// The beta-binomial mixture martingale: the likelihood ratio of "the share is drawn from Beta(a,
// b)" against "the share is p" is a martingale under p with mean 1, so by Ville's inequality it
// ever reaches 1/alpha with probability alpha at most; the interval is every p that has not been
// refuted so (Robbins 1970, "Statistical methods related to the law of the iterated logarithm";
// Howard, Ramdas, McAuliffe, Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence
// sequences"). A verdict may have a weight from 0 to 1 that was set before it was known: a power of
// at most one of a likelihood ratio keeps its mean at most 1 (Jensen).
#pragma once

namespace weir::quality {

struct Interval {
  double low = 0, high = 1;
};

// Two sums; any thread may copy it.
class ShareInterval {
 public:
  // Of one verdict: `good` is whether it counts as the share's; weight in [0, 1].
  void Add(bool good, double weight = 1);
  double weight() const { return good_ + bad_; }
  double good() const { return good_; }
  double share() const;  // 0.5 without verdicts

  // Whether p is refuted at this moment: what Bounds() excludes.
  bool Excludes(double p, double alpha) const;
  // About 100 evaluations of a logarithm. alpha in (0, 1).
  Interval Bounds(double alpha) const;

 private:
  double LogEvidence(double p) const;  // against p

  double good_ = 0, bad_ = 0;
};

}  // namespace weir::quality
