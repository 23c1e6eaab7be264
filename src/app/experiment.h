// `weir report --experiment NAME`: which arm is better, how sure that is, and what it would save.
#pragma once

#include <string>
#include <string_view>

#include "ledger/experiment.h"

namespace weir::app {

// `control` is the arm the others are held against: the one of that name, else the first.
std::string ExperimentText(const ledger::ExperimentFigures& figures);
std::string ExperimentJson(const ledger::ExperimentFigures& figures);

}  // namespace weir::app
