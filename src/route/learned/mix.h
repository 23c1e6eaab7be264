// How the heads become one score: hand-set judgement of what the training rows cannot show.
#pragma once

#include "route/learned/weights.h"

namespace weir::route::learned {

// Which cues make an open request harder or easier for a weak model, bounded.
float CuePrior(const Scalars& scalars);
// Need for the strong model before it is squashed into 0..1.
float MixHeads(const Evaluation& evaluation, const Constants& constants);

}  // namespace weir::route::learned
