#include "route/signal.h"

namespace weir::route {
namespace {

double Evaluate(const Features& features) {
  return static_cast<double>(features.request().EstimatedPromptTokens());
}

}  // namespace

const Signal kPromptTokens{"prompt_tokens", "estimated tokens of the whole prompt", Evaluate};

}  // namespace weir::route
