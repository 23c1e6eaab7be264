// One seeded run of bench/floor_sim: labelled prompts as the traffic of a route whose cheaper
// models are held to its floor by the real floor controllers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/split_mix.h"
#include "bench/floor_traffic.h"
#include "quality/floor_controller.h"
#include "quality/sharing.h"

namespace weir::bench {

struct Setting {
  double sample = 0.05, floor = 0.95;
  double flip = 0.1, assumed = 0.1, caution = quality::FloorOptions().caution;
  int requests = 100'000, runs = 200;
  size_t cheaper = 1;  // models beside the strong one: the weak one, or the middle one too
  double apart = 0;    // how far each model's need of a prompt may lie from the score
};

struct Outcome {
  double quality = 0;           // by the strong model's, over the last half
  double saving = 0, best = 0;  // of always the strong model, likewise
  double net = 0;               // less what shadow calls cost
  double whole = 0;             // saving from the first request on
};

// `prompts` by score; they outlive the run.
class Run {
 public:
  Run(const std::vector<Prompt>& prompts, const Setting& setting, uint64_t seed);

  static constexpr std::array<int64_t, kCheaper> kPrices = {1, 5};
  static constexpr int64_t kStrongPrice = 20;  // 1:20, as in `weir eval`

  Outcome Play();

 private:
  // What requests came to.
  struct Sums {
    double lost = 0, strong = 0;  // quality
    int64_t requests = 0, saved = 0, shadows = 0;
    double Saving(int64_t extra) const {
      return static_cast<double>(saved - extra) / static_cast<double>(requests * kStrongPrice);
    }
  };
  // Of the requests of the prompts before a place, would that model answer them.
  struct Before {
    std::array<double, kCheaper> lost = {};
    std::array<int64_t, kCheaper> saved = {};
  };

  void Request(WallMicros time);
  // Of the strong model, as it looks for that one.
  double NeedOf(const Prompt& prompt, size_t model) const;
  // The cheapest that is trusted; setting_.cheaper: the strong model.
  size_t Answering(const Prompt& prompt) const;
  // One of the cheaper models that this request could measure is asked besides, perhaps.
  void Measure(const Prompt& prompt, size_t answering, WallMicros time);
  quality::Outcome Judge(const Prompt& prompt, size_t model);
  // The saving of the best thresholds on the score that would have kept the floor.
  double BestFixed() const;
  std::vector<Before> Prefixes() const;

  const std::vector<Prompt>& prompts_;
  const Setting setting_;
  SplitMix64 random_;
  std::vector<quality::FloorController> controllers_;  // of the cheaper models
  quality::Sharing sharing_;
  std::vector<int64_t> seen_;
  Sums sums_, first_half_;
};

}  // namespace weir::bench
