// Figures of an experiment for tests.
#pragma once

#include "ledger/experiment.h"

namespace weir::app {

inline void AddUnits(int count, const ledger::UnitFigures& unit, ledger::ArmFigures* arm) {
  for (int i = 0; i < count; ++i) arm->units.push_back(unit);
  arm->requests += count * unit.answers;
}

inline ledger::ExperimentFigures TwoArms() {
  ledger::ExperimentFigures figures;
  figures.name = "cheaper";
  figures.first = figures.last = 1'764'000'000'000'000;
  figures.baselines = {"openai/gpt-4o"};
  figures.arms.resize(2);
  figures.arms[0].arm = "control";
  figures.arms[1].arm = "small";
  return figures;
}

}  // namespace weir::app
