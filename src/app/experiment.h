// `weir report --experiment NAME`: which arm is better, how sure that is, and what it would save.
#pragma once

#include <string>
#include <string_view>

#include "ledger/experiment.h"

namespace weir::app {

struct ExperimentTerms {
  // What was assigned, as the config has it; of an experiment that it does not have any more,
  // "unit".
  std::string_view unit = "unit";  // or "user", "session"
  // The rows begin where somebody chose and not at the experiment's first.
  bool chosen_window = false;
};

std::string ExperimentText(const ledger::ExperimentFigures& figures, const ExperimentTerms& terms);
std::string ExperimentJson(const ledger::ExperimentFigures& figures, const ExperimentTerms& terms);

}  // namespace weir::app
