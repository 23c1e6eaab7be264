// What the tests of config/ and catalog/ share: a made-up environment.
#pragma once

#include <map>
#include <string>

#include "config/environment.h"

namespace weir::config {

inline Environment FakeEnvironment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace weir::config
