// Verdicts counted by route, tier, task type and language: what clients got, beside the baseline.
//
// Two figures of each slice. The share of "as good or better" is shown as what it is: judges' slips
// count in it, and wins make up for no losses. What a slice is judged by is the floor controller's:
// the net loss of a request, losses less wins, corrected for the judge's errors, over the requests
// that the cheaper model answered and those that were handed upwards, which lose nothing. It is
// held against what the floor allows, so that an alarm never says what the controller denies.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quality/judged.h"
#include "quality/key_weights.h"
#include "quality/recent_loss.h"
#include "quality/share_interval.h"

namespace weir::quality {

// Empty: all of them.
struct SliceName {
  std::string route, tier, task, language;
  auto operator<=>(const SliceName&) const = default;
};
std::string Describe(const SliceName& name);  // "auto, tier simple, task code"

struct SliceFigures {
  SliceName name;
  std::array<int64_t, 3> counts{};  // by Outcome, since the slice began
  // Of the last verdicts: between kWindow and twice as many, weighed by key. A model that gets
  // worse shows after as many verdicts however long it was good.
  double weight = 0;
  double as_good = 0;  // share of win and tie
  Interval interval;   // of as_good
  // The net loss of a request, by as many verdicts, probes with them; and by the newest of them.
  double loss = 0, loss_verdicts = 0;
  Interval loss_interval{-1, 1};
  RecentLoss recent;
  double chance = 0;    // of a good answer of the baseline's, on the mean
  double verdicts = 0;  // of any weight, probes with them, since the slice began
};

enum class Standing : uint8_t {
  kUnknown,  // too few verdicts
  kKept,     // the loss is surely not more than allowed
  kUnsure,   // neither
  kAlarm,    // it is surely more, by the last verdicts or by the newest
};
std::string_view StandingName(Standing standing);  // "unknown", "kept", "unsure", "alarm"
inline constexpr double kFewestVerdicts = 30;
// `allowed`: (1 - floor) of the baseline's chance.
Standing StandingOf(const SliceFigures& figures, double allowed);

// Not thread-safe: the quality thread's.
class Slices {
 public:
  static constexpr size_t kMaxSlices = 1024;
  static constexpr double kWindow = 1000;

  struct Options {
    double alpha = 0.05;   // of each slice's intervals
    double key_cap = 0.2;  // see KeyWeights
  };
  explicit Slices(Options options) : options_(options) {}

  // Counts it in the slices (route), (route, tier), (route, task), (route, language) and
  // (route, tier, task). A slice beyond kMaxSlices is not made: see left_out(). Probes are no part
  // of what clients got: their requests lose nothing, and nothing else is counted of them; of those
  // whose `clients` is 0 nothing but in the slices of their tier.
  void Add(const Judged& judged, double judge_error);

  // By name.
  std::vector<SliceFigures> All() const;
  SliceFigures Find(const SliceName& name) const;  // zeros where there is none
  int64_t left_out() const { return left_out_; }   // slices times verdicts

  // Lets the loss begin anew with the newest verdicts.
  void Recover(const SliceName& name);
  // What was counted of the tier and, mixed with others, of its route.
  void Drop(std::string_view route, std::string_view tier);

 private:
  static constexpr auto kAll = RecentLoss::Counts::kAll;
  // Two intervals that run behind one another: when the younger has a window's weight the older
  // ends. Each is valid by itself from its beginning on.
  struct Slice {
    explicit Slice(double key_cap) : keys(key_cap) {}
    std::array<int64_t, 3> counts{};
    ShareInterval older, younger;
    KeyWeights keys;
    RecentLoss lasting{kWindow, kAll}, recent{RecentLoss::kWindow, kAll};
    double chance = 0, chance_traffic = 0, verdicts = 0;

    void Add(const Judged& judged, double requests, double judge_error);
    void AddServed(Outcome outcome, double weight);
  };

  void AddTo(SliceName name, const Judged& judged, double judge_error);
  SliceFigures FiguresOf(const SliceName& name, const Slice& slice) const;

  Options options_;
  std::map<SliceName, Slice> slices_;
  int64_t left_out_ = 0;
};

}  // namespace weir::quality
