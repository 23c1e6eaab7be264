// The query of an admin request: a few known parameters, each at most once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weir::admin {

class Query {
 public:
  static constexpr size_t kMaxValue = 256;  // bytes of a decoded value

  // kBadRequest, naming the parameter, for an unknown or repeated name, a broken escape, a control
  // character or a longer value. Names are matched as written.
  static Result<Query> Parse(std::string_view query, std::span<const std::string_view> known);

  // Decoded; empty when missing: a parameter without a value is the same as none.
  const std::string& Get(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace weir::admin
