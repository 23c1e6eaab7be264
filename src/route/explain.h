// A decision for people and scripts.
#pragma once

#include <string>
#include <string_view>

#include "catalog/directory.h"
#include "route/decision.h"

namespace weir::route {

// `weir explain` and POST /api/explain: the whole decision, as aligned text or as one JSON object.
// Scores are not probabilities of any built-in classifier yet: "calibrated: no".
std::string ExplainText(const Decision& decision, const catalog::Directory& directory);
std::string ExplainJson(const Decision& decision, const catalog::Directory& directory);

// A line of `weir score`, without its newline: {"id":…,"score":…,"tier":…,"model":…,"p":{}}.
// `id_raw` is the input's id as JSON. `p` is empty while no classifier is calibrated.
std::string ScoreJson(std::string_view id_raw, const Decision& decision,
                      const catalog::Directory& directory);

// "provider/name" of a candidate, also of an open pin.
std::string CandidateName(const Candidate& candidate, const Decision& decision,
                          const catalog::Directory& directory);

}  // namespace weir::route
