#include "quality/calibration.h"

#include <algorithm>

#include "quality/crest.h"

namespace weir::quality {
namespace {

const TaskTerms* Find(const std::vector<TaskTerms>& tasks, std::string_view name) {
  const auto found = std::ranges::find(tasks, name, &TaskTerms::task);
  return found == tasks.end() ? nullptr : &*found;
}

}  // namespace

double Calibration::Lifted(double score, std::string_view task) const {
  const TaskTerms* terms = Find(tasks, task);
  return terms == nullptr ? score : score + terms->lift;
}

bool Calibration::CheapMayAnswer(double score, std::string_view task) const {
  const TaskTerms* terms = Find(tasks, task);
  if (terms == nullptr) return score < crest;
  return !terms->held && score + terms->lift < crest;
}

double Calibration::SampleShare(double rate, double score, std::string_view task) const {
  const double multiple = Lifted(score, task) < crest + kBand ? near : far;
  return std::clamp(rate * multiple, 0.0, 1.0);
}

double Calibration::NetLoss(double score, std::string_view task) const {
  return curve.At(std::clamp(Lifted(score, task), 0.0, 1.0));
}

}  // namespace weir::quality
