// Reads the rows of an experiment.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/experiment.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

Result<ExperimentFigures> ReadExperiment(Database* database, const std::string& name,
                                         WallMicros since, WallMicros until);

}  // namespace weir::ledger
