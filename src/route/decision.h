// A decision: the chosen candidates with every reason, and why each other model was rejected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/shelves.h"
#include "catalog/directory.h"
#include "route/outlook.h"
#include "route/switching.h"

namespace weir::route {

enum class Rejection : uint8_t {
  kCapability,  // lacks what the request needs (detail names it)
  kContext,     // the estimated prompt + max_tokens exceed its window
  kNoKey,       // its provider's key is not set
  kUnhealthy,   // breaker open / keys out: set by who attempts; here such a model goes last instead
  kNotEmbedding,  // chat model asked to embed, or the reverse
  kDearer,        // another tier's model: dearer than needed
  kTooWeak,       // another tier's model: below the needed tier
  kOtherChain,    // fits, but only another model or rule of the route names it
  kBelowFloor,    // its chance of a good answer is below the floor
  kUnproven,      // the floor has no evidence of it yet
  kNotAllowed,    // the client's key may not use it
  kBudget,        // the most it can cost is more than what is left of a budget
  kStrongBudget,  // likewise of what may be spent on strong models
  kUnpriced,      // the key has a budget, and nobody knows what the model costs
};
std::string_view RejectionName(Rejection why);  // snake_case, stable: ledger, explain

struct Rejected {
  catalog::ModelId model = catalog::kNoModel;
  Rejection why = Rejection::kCapability;
  std::string detail;  // "vision"; "9000 > 8192 tokens"; "OPENAI_API_KEY"; may be empty
};

struct Candidate {
  catalog::ModelId model = catalog::kNoModel;  // kNoModel: see Decision::open_provider
  NanoUsd expected_cost;  // of the estimated prompt and an assumed answer; 0 when unpriced
  bool priced = false;
  bool healthy = true;  // unhealthy ones stand behind all healthy ones
};

struct ModelChance {
  catalog::ModelId model = catalog::kNoModel;
  Chance chance;
};

// What a route's floor came to.
struct FloorTerms {
  double share = 0;       // of the baseline's chance
  bool in_force = false;  // false: the baseline, or every other model, is not proven
  double threshold = 0;   // share * the baseline's chance
};

// Who can be held against the baseline with this request.
struct Measurable {
  int index = 0;     // into the route's quality->measured
  double need = -1;  // what the request needs more than that model, 0..1; -1: not worked out yet
  bool answers = false;
  // It was not trusted with the request: asked besides it would show whether it is to be.
  bool probe = false;
  // False: a cheaper model that is measured, too, is trusted with the request.
  bool own = true;
};

struct SignalValue {
  std::string_view name;
  double value = 0;
};

// Points into the Directory it was made with. A model of the route stands either in `candidates` or
// in `rejected`, and once.
struct Decision {
  const catalog::Route* route = nullptr;  // nullptr: pinned to a model
  ShelvedString tier;                     // the class asked for; empty when pinned or without tiers
  ShelvedString reason;                   // "seed:simple.2", "rule:NAME", "override", "pinned", …
  double score = 0;                       // need for a strong model, 0..1; 0 when pinned
  bool ranked = false;                    // the score is a share of ordinary traffic
  // What tier, rule or pin named, before gates and health: when candidates[0] is another model, its
  // entry in `rejected` (or its `healthy`) says why. kNoModel when nothing named one.
  catalog::ModelId preferred = catalog::kNoModel;
  ShelvedVector<Candidate> candidates;  // first choice, then the fallback chain; never empty
  ShelvedVector<Rejected> rejected;
  ShelvedVector<SignalValue> signals;
  std::string_view task, language;       // as the classifier took the request; it outlives this
  ShelvedVector<Measurable> measurable;  // of a route that measures quality
  WallMicros time = catalog::kNoTime;    // of the prices: when the request was whole
  int64_t estimated_prompt_tokens = 0;
  int64_t expected_answer_tokens = 0;  // of all choices together
  // Who has how much of the prompt warm, where the policy weighs costs.
  catalog::ModelId warm_model = catalog::kNoModel;
  int64_t warm_tokens = 0;
  std::optional<FloorTerms> floor;
  std::vector<ModelChance> chances;  // as far as they were asked for

  // Leaving the conversation's model was weighed, whatever came of it.
  std::optional<Switch> weighed;
  NanoUsd forgone;  // to be remembered of the conversation
  // A pin of "provider/anything" at a provider with `allow_unknown`: a model that exists for this
  // request only. Then `candidates` is one entry with kNoModel, unpriced, and these two say whom to
  // ask for what.
  std::optional<catalog::ProviderId> open_provider;
  std::string open_upstream;
};

// nullptr: it was not asked for.
const Chance* ChanceOf(const Decision& decision, catalog::ModelId model);

}  // namespace weir::route
