#include "route/signal.h"

namespace weir::route {
namespace {

double Evaluate(const Features& features) {
  return static_cast<double>(features.request().messages);
}

}  // namespace

const Signal kTurns{"turns", "messages in the conversation", Evaluate};

}  // namespace weir::route
