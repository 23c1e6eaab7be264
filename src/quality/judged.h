// A verdict with what was known when the request was decided: all that monitor and controller
// learn from. A ledger row holds it, so that a restart can tell it again.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "quality/verdict.h"

namespace weir::quality {

inline constexpr double kUnknownChance = 0.75;  // of a baseline of which nothing is known

// Texts are views for the time of the call.
struct Judged {
  WallMicros time = 0;  // of the request
  std::string_view route, tier, task, language;
  std::string_view key;             // of the client; its id, never the secret
  Outcome outcome = Outcome::kTie;  // of the cheaper answer
  // Whether the cheaper answer was the client's, and the baseline's the shadow. Otherwise it was
  // the cheaper model that was asked in the shadow, a probe: what the client got is not judged.
  bool served = true;
  double score = 0;            // the classifier's, 0 to 1
  double baseline_chance = 0;  // P(ok) of the baseline; 0: not known
  double sampled = 1;          // the share of such requests that is sampled, (0, 1]
  // Whether the model would have this request if it were trusted with it: false where a cheaper one
  // that is measured, too, answered.
  bool own = true;
  // Requests that it stands for where is counted what clients got: each request once, however many
  // models it could have measured. 0: it tells nothing of that.
  double clients = 1;
};

}  // namespace weir::quality
