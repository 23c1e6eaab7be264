// The query of a data-plane request: `model` is Weir's, everything else goes on to the upstream.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::gateway {

struct Query {
  std::optional<std::string> model;  // decoded
  std::string rest;                  // the other parameters, as sent
};

// kBadRequest for a broken escape, a control character or a second `model`.
Result<Query> SplitQuery(std::string_view query);

}  // namespace weir::gateway
