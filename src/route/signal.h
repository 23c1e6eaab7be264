// A signal: one fact computed from a request, by name. A row of the table in app/wiring.cc;
// decision log, explain, metrics and dashboard see only {name, value} pairs.
#pragma once

#include <string_view>

#include "route/features.h"

namespace weir::route {

struct Signal {
  std::string_view name;
  std::string_view doc;
  double (*evaluate)(const Features& features);
};

extern const Signal kLength;        // code points of the last user message
extern const Signal kTurns;         // messages in the conversation
extern const Signal kTools;         // 1 when tools are offered
extern const Signal kImages;        // image parts
extern const Signal kCodeFences;    // ``` fences in the last user message
extern const Signal kPromptTokens;  // estimated tokens of the whole prompt

}  // namespace weir::route
