// How long an answer is expected to be, by the task type.
#pragma once

#include <cstdint>

#include "route/learned/weights.h"

namespace weir::route::learned {

// Tokens, of a model that does not reason aloud: the types' lengths by their shares.
int64_t AnswerTokens(const Evaluation& evaluation);

}  // namespace weir::route::learned
