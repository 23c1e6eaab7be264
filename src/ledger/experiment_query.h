// Reads the rows of an experiment.
#pragma once

#include "base/result.h"
#include "ledger/experiment.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// One pass; its memory is some 200 bytes a unit.
Result<ExperimentFigures> ReadExperiment(Database* database, const ExperimentQuery& query);

}  // namespace weir::ledger
