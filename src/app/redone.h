// Past traffic, decided again: a request at a time, and what that comes to together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/money.h"

namespace weir::app {

// A request under one config.
struct Side {
  std::string model, tier;
  std::optional<NanoUsd> cost;   // nullopt: unpriced
  std::optional<double> chance;  // P(ok); nullopt: not known
};

struct Redone {
  std::string task;  // empty: its text is not known
  Side before, after;
  bool calibrated = false;  // both chances rest on own labels
};

// Of the requests of one group. Costs are of those that are priced on both sides, chances of those
// that have them on both.
struct Change {
  int64_t requests = 0, changed = 0;
  int64_t priced = 0, judged = 0, calibrated = 0;
  NanoUsd cost_before, cost_after;
  double chance_before = 0, chance_after = 0;  // sums

  void Add(const Redone& request);
};

class Replay {
 public:
  void Add(const Redone& request);
  // It cannot be redone, and why.
  void Skip(std::string_view why);

  std::string Text() const;
  std::string Json() const;

 private:
  static constexpr size_t kMostMoves = 20;  // shown
  using Moves = std::map<std::pair<std::string, std::string>, int64_t>;

  std::vector<std::pair<int64_t, std::pair<std::string, std::string>>> LargestMoves() const;

  Change all_;
  std::map<std::string, Change> tiers_, tasks_;  // by the tier before
  Moves moves_;                                  // from model to model
  std::map<std::string, int64_t, std::less<>> skipped_;
};

}  // namespace weir::app
