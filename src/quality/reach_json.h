// What a calibration decides, as it is kept with a person's order.
#pragma once

#include <string_view>

#include "base/result.h"
#include "json/write.h"
#include "quality/calibration.h"

namespace weir::quality {

// {"crest", "tasks": [{"task", "lift", "held"}]}
void WriteReach(const Calibration& calibration, json::Writer* writer);
// A calibration with that reach and nothing else. kInvalidJson, kBadRequest.
Result<Calibration> ReadReach(std::string_view json);

}  // namespace weir::quality
