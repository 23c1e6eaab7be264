// model/router.weights, as bytes of this binary.
#pragma once

#include <string_view>

namespace weir::route::learned {

std::string_view BuiltInWeights();

}  // namespace weir::route::learned
