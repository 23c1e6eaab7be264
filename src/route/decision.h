// A decision: the chosen candidates with every reason, and why each other model was rejected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "catalog/directory.h"

namespace weir::route {

enum class Rejection : uint8_t {
  kCapability,   // lacks what the request needs (detail names it)
  kContext,      // the estimated prompt + max_tokens exceed its window
  kNoKey,        // its provider's key is not set
  kUnhealthy,    // breaker open / keys out
  kNotEmbedding, // chat model asked to embed, or the reverse
  kDearer,       // another tier's model: dearer than needed
  kTooWeak,      // another tier's model: below the needed tier
};
std::string_view RejectionName(Rejection why);

struct Rejected {
  catalog::ModelId model = catalog::kNoModel;
  Rejection why = Rejection::kCapability;
  std::string detail;
};

struct Candidate {
  catalog::ModelId model = catalog::kNoModel;
  NanoUsd expected_cost;   // of the estimated prompt and an assumed answer; 0 when unpriced
  bool priced = false;
};

struct SignalValue {
  std::string_view name;
  double value = 0;
};

struct Decision {
  const catalog::Route* route = nullptr;  // nullptr: pinned to a model
  std::string tier;                       // empty when pinned or a route of one model
  std::string reason;                     // "seed:simple.2", "rule:NAME", "override", "pinned", …
  double score = 0;                       // need for a strong model, 0..1
  std::vector<Candidate> candidates;      // first choice, then the fallback chain; may be empty
  std::vector<Rejected> rejected;
  std::vector<SignalValue> signals;
  int64_t estimated_prompt_tokens = 0;
};

}  // namespace weir::route
