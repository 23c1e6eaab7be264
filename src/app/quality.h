// What the quality monitor learns from the ledger at a start, and how it is shown and steered.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/server.h"
#include "ledger/ledger.h"
#include "quality/monitor.h"

namespace weir::app {

// The newest verdicts of the ledger and what people have ordered, in the order in which they came.
Result<void> LoadVerdicts(const std::string& data_dir, quality::Monitor& monitor);

// GET /api/quality.
std::string QualityJson(const gateway::ServerHealth& health);
// POST /api/quality/undo and /resume: {"route", "tier"}. Obeyed again after a restart.
Result<std::string> UndoQuality(quality::Monitor& monitor, ledger::Ledger& ledger, WallMicros now,
                                std::string_view body);
Result<std::string> ResumeQuality(quality::Monitor& monitor, ledger::Ledger& ledger, WallMicros now,
                                  std::string_view body);

}  // namespace weir::app
