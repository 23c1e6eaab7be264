#include "ledger/histogram.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace weir::ledger {
namespace {

constexpr int kSubBits = 7;

// Values below 2^8 have a bucket each; above, the top 8 bits of a value choose it.
size_t BucketOf(uint64_t value) {
  int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kSubBits - 1);
  return (static_cast<size_t>(shift) << kSubBits) + static_cast<size_t>(value >> shift);
}

// The middle of the bucket.
int64_t ValueOf(size_t bucket) {
  if (bucket < (size_t{2} << kSubBits)) return static_cast<int64_t>(bucket);
  int shift = static_cast<int>(bucket >> kSubBits) - 1;
  uint64_t top = (bucket & ((size_t{1} << kSubBits) - 1)) | (uint64_t{1} << kSubBits);
  return static_cast<int64_t>((top << shift) + (uint64_t{1} << shift) / 2);
}

}  // namespace

void Histogram::Add(int64_t value) {
  if (value < 0) return;
  size_t bucket = BucketOf(static_cast<uint64_t>(value));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
}

int64_t Histogram::Percentile(int percent) const {
  if (count_ == 0) return -1;
  uint64_t rank = (count_ * static_cast<uint64_t>(percent) + 99) / 100;
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank && seen > 0) return ValueOf(bucket);
  }
  return -1;
}

}  // namespace weir::ledger
