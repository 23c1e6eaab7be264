// How much a client's key may weigh in what is learned: one key that sends the samples it likes
// must not set everybody's thresholds.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace weir::quality {

// Of one slice. Not thread-safe.
class KeyWeights {
 public:
  static constexpr size_t kMaxKeys = 256;  // the rest share one entry

  // From as many keys on as could make a whole, no key has more than `cap` of the weight: with 0.2
  // five. Fewer keys weigh what they send. 1: no cap.
  explicit KeyWeights(double cap) : cap_(cap) {}

  // The weight of the key's next verdict, 0 to 1, and notes it. Depends on what was sent before
  // alone, never on an outcome: intervals stay valid.
  double Take(std::string_view key);

 private:
  double cap_;
  double total_ = 0;
  std::unordered_map<uint64_t, double> by_key_;  // by the key's hash
};

}  // namespace weir::quality
