// A route's floor applied to one request: its models as offers, what verdicts say of them, the one
// that is taken, and what the conversation makes of it.
#pragma once

#include "catalog/directory.h"
#include "route/choice.h"
#include "route/classifier.h"
#include "route/decision.h"
#include "route/features.h"
#include "route/router.h"
#include "route/turn.h"

namespace weir::route {

struct FloorAsk {
  const catalog::Directory& directory;
  const catalog::Route& route;  // with a floor
  const Features& features;
  const HealthView& health;
  const Verdict& verdict;
};

// `decision` has the chances of the models and the baseline; it gets floor, and who is measurable.
// `turn`: of a conversation, or null.
Choice ChooseByFloor(const FloorAsk& ask, Turn* turn, Decision* decision);

}  // namespace weir::route
