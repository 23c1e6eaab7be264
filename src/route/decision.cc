#include "route/decision.h"

namespace weir::route {

std::string_view RejectionName(Rejection why) {
  switch (why) {
    case Rejection::kCapability:
      return "capability";
    case Rejection::kContext:
      return "context";
    case Rejection::kNoKey:
      return "no_key";
    case Rejection::kUnhealthy:
      return "unhealthy";
    case Rejection::kNotEmbedding:
      return "not_embedding";
    case Rejection::kDearer:
      return "dearer";
    case Rejection::kTooWeak:
      return "too_weak";
    case Rejection::kOtherChain:
      return "other_chain";
    case Rejection::kBelowFloor:
      return "below_floor";
    case Rejection::kUnproven:
      return "unproven";
    case Rejection::kNotAllowed:
      return "not_allowed";
    case Rejection::kBudget:
      return "budget";
    case Rejection::kStrongBudget:
      return "strong_budget";
    case Rejection::kUnpriced:
      return "unpriced";
  }
  return "unknown";
}

const Chance* ChanceOf(const Decision& decision, catalog::ModelId model) {
  const auto found = std::ranges::find(decision.chances, model, &ModelChance::model);
  return found == decision.chances.end() ? nullptr : &found->chance;
}

}  // namespace weir::route
