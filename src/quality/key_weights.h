// How much a client's key may weigh in what is learned: one key that sends the samples it likes
// must not set everybody's thresholds, and no rule against it may blind those who watch.
//
// Of the weight of the last verdicts no key has more than its part. With up to 1/cap keys in use
// that is the whole (there are too few others to speak for everybody); with n more it is
// max(cap, 2/n): twice an equal share, so that keys of ordinary inequality weigh what they send
// and never wait for one another. What is older than the window, and keys that nobody uses any
// more, hold nobody down. No weight is under kLeast: the part is kept against a key that sends up
// to 24 of 25 verdicts (at a cap of a fifth), and one that sends more is nearly all there is.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace weir::quality {

// Of one slice. Not thread-safe.
class KeyWeights {
 public:
  static constexpr size_t kMaxKeys = 256;  // then those with the fewest verdicts are given up
  // Between kWindow and twice as many verdicts, of which a key in use has a share of kInUse.
  static constexpr double kWindow = 1000, kInUse = 1.0 / 500;
  static constexpr double kLeast = 0.01;

  explicit KeyWeights(double cap) : cap_(cap) {}  // 1: no cap

  // Notes the key's next verdict and says its weight, kLeast to 1. Depends on what was sent before
  // alone, never on an outcome: intervals stay valid.
  double Take(std::string_view key);

 private:
  struct Sums {
    double verdicts = 0, weight = 0;
  };
  Sums& Entry(uint64_t name);
  double Part() const;  // of the weight, that a key may have
  void Forget();

  double cap_;
  Sums total_;
  std::unordered_map<uint64_t, Sums> by_key_;  // by the key's hash
};

}  // namespace weir::quality
