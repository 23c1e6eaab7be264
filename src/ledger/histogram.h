// Quantiles of latencies in bounded memory: buckets of 1/128 of their power of two, so an answer is
// within 0.8 %.
#pragma once

#include <cstdint>
#include <vector>

namespace weir::ledger {

class Histogram {
 public:
  void Add(int64_t value);  // negative values are not counted
  // The value below which `percent` of the values lie (nearest rank), or -1 when there are none.
  int64_t Percentile(int percent) const;

 private:
  std::vector<uint32_t> buckets_;  // grows to the largest value's bucket, at most 7,424
  uint64_t count_ = 0;
};

}  // namespace weir::ledger
