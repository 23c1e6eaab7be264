// How a simulated model answers: the provider's settings with what differs for the model.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "config/settings.h"

namespace weir::provider::simulated {

struct Manner {
  std::chrono::milliseconds latency;         // to the first token
  std::chrono::milliseconds token_interval;  // between tokens of a stream
  double failure_rate;                       // share of requests answered 503
  int output_tokens;                         // mean length at medium difficulty
  double quality;                            // P(a right answer) at medium difficulty
  uint64_t seed;                             // one for all models of a provider
};

// `model` is the name on the wire; an unknown one answers as the provider says.
Manner MannerOf(const config::SimulatorSettings& settings, std::string_view model);

}  // namespace weir::provider::simulated
