// Figures of many numbers that several trainers need.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace weir::learn {

class MeanSpread {
 public:
  void Add(double value, double weight = 1) {
    sum_ += weight * value;
    squares_ += weight * value * value;
    total_ += weight;
  }
  double mean() const { return sum_ / total_; }
  // The root of the variance, or of `least` where that is more.
  double spread(double least = 1e-9) const {
    return std::sqrt(std::max(squares_ / total_ - mean() * mean(), least));
  }

 private:
  double sum_ = 0, squares_ = 0, total_ = 0;
};

// Weights as signed bytes of one step.
class ByteScale {
 public:
  void Cover(float weight) { largest_ = std::max(largest_, std::fabs(weight)); }
  float step() const { return largest_ / 127; }
  int8_t Pack(float weight) const { return static_cast<int8_t>(std::lround(weight / step())); }

 private:
  float largest_ = 1e-9F;
};

}  // namespace weir::learn
