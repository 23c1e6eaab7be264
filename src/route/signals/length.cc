#include "route/signal.h"

namespace weir::route {
namespace {

double Evaluate(const Features& features) {
  return static_cast<double>(features.last_user_code_points());
}

}  // namespace

const Signal kLength{"length", "code points of the last user message", Evaluate};

}  // namespace weir::route
