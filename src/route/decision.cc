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
  }
  return "unknown";
}

}  // namespace weir::route
