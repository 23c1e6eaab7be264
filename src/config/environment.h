// The environment, handed in so that tests own it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config {

using Environment =
    std::function<std::optional<std::string>(std::string_view name)>;  // nullopt: unset
Environment ProcessEnvironment();

}  // namespace weir::config
