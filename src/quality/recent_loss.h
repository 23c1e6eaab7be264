// The net loss that the last verdicts say, of a task type, a slice or all: for seeing soon that a
// model has become worse.
#pragma once

#include "quality/share_interval.h"
#include "quality/verdict.h"

namespace weir::quality {

inline constexpr double kWorstJudgeError = 0.35;

// What a verdict says of the loss: a judge that flips a share `judge_error` of the verdicts lets a
// true difference of 1 appear as 1 - 2 * judge_error. A win is a loss below 0.
double NetLoss(Outcome outcome, double judge_error);

class RecentLoss {
 public:
  static constexpr double kWindow = 150;  // verdicts; it holds up to twice as many
  static constexpr double kFewest = 40;   // before anything is said of them
  // The errors beyond what is allowed at which a task is handed over and an alarm is raised.
  static constexpr double kTooMany = 3.5;

  enum class Counts { kCheap, kAll };  // which verdicts fill the window
  RecentLoss() = default;
  RecentLoss(double window, Counts counts) : window_(window), counts_(counts) {}

  // `cheap`: whether the cheaper model is meant to answer such a request.
  void Add(bool cheap, double net, double traffic, double weight);
  double count() const { return older_.count; }  // of the cheap ones
  double verdicts() const { return older_.verdicts; }
  // A request, whoever answers it: what is answered cheaply and loses.
  double loss() const { return Share() * Mean(); }
  double error() const;
  bool Exceeds(double allowed, double errors = kTooMany) const {
    return count() >= kFewest && loss() - errors * error() > allowed;
  }
  // Of loss(); may be looked at at any time (mean_interval). Within [-1, 1].
  Interval Bounds(double alpha) const;

 private:
  struct Sums {
    double verdicts = 0, traffic = 0;
    // Of the cheap ones: verdicts, requests, and sums over requests of their squares, of what they
    // lose and of its squares.
    double count = 0, cheap_traffic = 0, squares = 0, net = 0, square = 0;
    void Add(bool cheap, double net, double traffic, double weight);
  };
  double Filled(const Sums& sums) const {
    return counts_ == Counts::kCheap ? sums.count : sums.verdicts;
  }
  double Share() const { return older_.traffic > 0 ? older_.cheap_traffic / older_.traffic : 0; }
  double Mean() const { return older_.cheap_traffic > 0 ? older_.net / older_.cheap_traffic : 0; }
  double MeanSquare() const {
    return older_.cheap_traffic > 0 ? older_.square / older_.cheap_traffic : 0;
  }
  // As many equal verdicts would say as much; at most `count`.
  double Equal() const;

  double window_ = kWindow;
  Counts counts_ = Counts::kCheap;
  Sums older_, younger_;
};

}  // namespace weir::quality
