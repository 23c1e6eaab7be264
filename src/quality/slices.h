// Verdicts counted by route, tier, task type and language, each slice with the interval of its
// share of "as good or better".
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quality/judged.h"
#include "quality/key_weights.h"
#include "quality/share_interval.h"

namespace weir::quality {

// Empty: all of them.
struct SliceName {
  std::string route, tier, task, language;
  auto operator<=>(const SliceName&) const = default;
};

struct SliceFigures {
  SliceName name;
  std::array<int64_t, 3> counts{};  // by Outcome, since the slice began
  // Of the last verdicts: between kWindow and twice as many, weighed by key. A model that gets
  // worse shows after as many verdicts however long it was good.
  double weight = 0;
  double as_good = 0;  // share of win and tie
  Interval interval;   // of as_good
};

enum class Standing : uint8_t {
  kUnknown,  // too few verdicts
  kKept,     // the lower bound is not under the floor
  kUnsure,   // it is; what was found is not
  kAlarm,    // both are
};
std::string_view StandingName(Standing standing);  // "unknown", "kept", "unsure", "alarm"
inline constexpr double kFewestVerdicts = 30;
Standing StandingOf(const SliceFigures& figures, double floor);

// Not thread-safe: the quality thread's.
class Slices {
 public:
  static constexpr size_t kMaxSlices = 1024;
  static constexpr double kWindow = 1000;

  struct Options {
    double alpha = 0.05;   // of each slice's interval
    double key_cap = 0.2;  // see KeyWeights
  };
  explicit Slices(Options options) : options_(options) {}

  // Counts it in the slices (route), (route, tier), (route, task), (route, language) and
  // (route, tier, task). A slice beyond kMaxSlices is not made: see left_out(). Probes are no part
  // of what clients got and are left alone.
  void Add(const Judged& judged);

  // By name.
  std::vector<SliceFigures> All() const;
  SliceFigures Find(const SliceName& name) const;  // zeros where there is none
  int64_t left_out() const { return left_out_; }   // slices times verdicts

 private:
  // Two intervals that run behind one another: when the younger has a window's weight the older
  // ends. Each is valid by itself from its beginning on.
  struct Slice {
    explicit Slice(double key_cap) : keys(key_cap) {}
    std::array<int64_t, 3> counts{};
    ShareInterval older, younger;
    KeyWeights keys;
  };

  void AddTo(SliceName name, const Judged& judged);
  SliceFigures FiguresOf(const SliceName& name, const Slice& slice) const;

  Options options_;
  std::map<SliceName, Slice> slices_;
  int64_t left_out_ = 0;
};

}  // namespace weir::quality
