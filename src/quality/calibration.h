// What verdicts have taught about one cheaper tier of a route: up to which need for a strong model
// it may answer. Immutable once published; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quality/loss_curve.h"

namespace weir::quality {

struct TaskTerms {
  std::string task;
  double lift = 0;    // added to the scores of the task: how much harder than it looks it is
  bool held = false;  // the baseline answers all of it until it recovers
  double verdicts = 0, net_loss = 0;  // what this rests on
  bool operator==(const TaskTerms&) const = default;
};

struct Calibration {
  uint64_t version = 0;          // grows with each change of what is decided
  double crest = 0;              // lifted scores below it are answered by the cheaper tier
  std::vector<TaskTerms> tasks;  // those that were seen
  LossCurve curve;               // of lifted scores
  // Shares of requests sampled below and above the crest, as multiples of the rate asked for, which
  // their mean is: verdicts far above it decide nothing.
  double near = 1, far = 1;

  // The evidence: at this crest the floor costs `loss` of the `allowed`, give or take `error`.
  double verdicts = 0, loss = 0, error = 0, allowed = 0;

  double Lifted(double score, std::string_view task) const;
  bool CheapMayAnswer(double score, std::string_view task) const;
  // The share of such requests to sample, 0 to 1, where `rate` of all are to be.
  double SampleShare(double rate, double score, std::string_view task) const;
  // How much likelier than the cheaper tier's the baseline's answer is to be the better one: what
  // the tier's P(ok) lies below the baseline's.
  double NetLoss(double score, std::string_view task) const;
};

}  // namespace weir::quality
