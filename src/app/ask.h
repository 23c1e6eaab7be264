// Deciding without serving: for explain, score and POST /api/explain.
#pragma once

#include <string_view>

#include "chat/request.h"
#include "route/router.h"

namespace weir::app {

Result<route::Decision> DecidePrompt(const route::Router& router, std::string_view route,
                                     std::string_view prompt);

// `body`: a JSON object with "prompt" or "messages", and "route" or "model". `health`: what is
// known of the world; the commands, which know nothing of it, take everything as usable.
Result<std::string> ExplainBody(const route::Router& router, const route::HealthView& health,
                                std::string_view body);

// One input line of `weir score` -> one output line, without the line end.
Result<std::string> ScoreLine(const route::Router& router, chat::RequestParser& parser,
                              std::string_view route, std::string_view line);

}  // namespace weir::app
