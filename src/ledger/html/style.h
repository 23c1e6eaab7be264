// The one style sheet of the HTML report, and the policy that lets it in by its hash and nothing
// else.
#pragma once

#include <string>
#include <string_view>

namespace weir::ledger::html {

std::string_view StyleSheet();
// The value of Content-Security-Policy.
const std::string& ContentPolicy();

}  // namespace weir::ledger::html
