// How long the baseline's answers are beside those that were given: of a request that it never saw,
// that is all that can be said of its length.
#pragma once

#include <cstdint>

namespace weir::quality {

// Tokens of the baseline's answer for one of the answer that was given.
struct LengthShare {
  double share = 1, low = 0.5, high = 2;  // not measured: half to twice as long
  bool measured = false;
};

// The ratio of the sums, within two standard errors (the usual ratio estimator; Cochran, "Sampling
// Techniques", 6.4). Not thread-safe.
class AnswerLength {
 public:
  static constexpr int64_t kFewest = 10;

  void Add(int64_t given, int64_t baseline);
  LengthShare share() const;

 private:
  int64_t count_ = 0;
  double given_ = 0, baseline_ = 0, given_squared_ = 0, both_ = 0, baseline_squared_ = 0;
};

}  // namespace weir::quality
