#include "route/signal.h"

namespace weir::route {
namespace {

double Evaluate(const Features& features) {
  return features.request().has_tools ? 1.0 : 0.0;
}

}  // namespace

const Signal kTools{"tools", "1 when tools are offered", Evaluate};

}  // namespace weir::route
