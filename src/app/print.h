// What commands write: results to stdout, errors to stderr.
#pragma once

#include <string_view>

#include "base/error.h"

namespace weir::app {

void Print(std::string_view text);
// "weir: MESSAGE" on stderr; config errors (file:line:col: …) without the prefix. Returns the exit
// code: 2 for config and wrong usage, else 1.
int Fail(const Error& error);

}  // namespace weir::app
