// A decision for people and scripts.
#pragma once

#include <string>
#include <string_view>

#include "catalog/directory.h"
#include "route/decision.h"

namespace weir::route {

// `weir explain` and POST /api/explain: the whole decision, as aligned text or as one JSON object.
// With each model its chance of a good answer, P(ok), as far as the decision has chances:
// calibrated is what rests on enough of the user's own labels, never what was shipped.
std::string ExplainText(const Decision& decision, const catalog::Directory& directory);
std::string ExplainJson(const Decision& decision, const catalog::Directory& directory);

// A line of `weir score`, without its newline: {"id":…,"score":…,"tier":…,"model":…,"p":{MODEL:p}}.
// `id_raw` is the input's id as JSON. `p` has the models with a chance, calibrated or not.
std::string ScoreJson(std::string_view id_raw, const Decision& decision,
                      const catalog::Directory& directory);

// Appends what the decision was held against, for the ledger:
// {"floor":…,"in_force":…,"threshold":…, "p":{MODEL:{"p":…,"basis":…,"labels":…}}} or
// {"shares":{TIER:…}}; nothing where nothing was.
void AppendPolicyJson(const Decision& decision, const catalog::Directory& directory,
                      std::string* out);

// "provider/name" of a candidate, also of an open pin.
std::string CandidateName(const Candidate& candidate, const Decision& decision,
                          const catalog::Directory& directory);

}  // namespace weir::route
