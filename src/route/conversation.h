// What is remembered of the conversation that a request goes on with. Kept by the gateway; route/
// only reads it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/money.h"

namespace weir::route {

struct Conversation {
  std::string model;   // "provider/name" of who answered last
  std::string tier;    // of that decision; may be empty
  double score = 0.5;  // of that decision
  // False: the session's, but the request opens otherwise (another agent of the session, a cut
  // history), so that no provider has the beginning of this prompt warm.
  bool same_opening = true;
  std::chrono::milliseconds age{0};  // since that answer
  int64_t seen_tokens = 0;           // that the model has read and written: what may be warm
  double cached_share = 1;           // of it that was indeed read from the cache, as last seen
  int tool_calls = 0;                // in the request that was answered
  NanoUsd forgone;                   // by staying since easier turns would have gone elsewhere
};

}  // namespace weir::route
