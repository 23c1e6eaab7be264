// What was said before, by its hash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::route::learned {

// Bounded: what comes after kMost others is always new.
class Said {
 public:
  static constexpr size_t kMost = 512;

  // Whether it is said for the first time since Forget().
  bool Add(uint64_t hash) {
    hash |= 1;
    for (size_t slot = hash / 2 % kSlots;; slot = (slot + 1) % kSlots) {
      if (hashes_.data()[slot] == hash) return false;
      if (hashes_.data()[slot] != 0) continue;
      if (used_.size() == kMost) return true;
      hashes_.data()[slot] = hash;
      used_.push_back(slot);
      return true;
    }
  }
  void Forget() {
    for (const size_t slot : used_) hashes_.data()[slot] = 0;
    used_.clear();
  }

 private:
  static constexpr size_t kSlots = 2 * kMost;
  std::array<uint64_t, kSlots> hashes_{};  // open addressing; 0: free
  std::vector<size_t> used_;
};

}  // namespace weir::route::learned
