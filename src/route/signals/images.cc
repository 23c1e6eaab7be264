#include "route/signal.h"

namespace weir::route {
namespace {

double Evaluate(const Features& features) {
  return static_cast<double>(features.request().images);
}

}  // namespace

const Signal kImages{"images", "image parts", Evaluate};

}  // namespace weir::route
