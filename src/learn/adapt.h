// Own labels: shipped weights that learn a user's traffic, and how well their models answer it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "learn/training_row.h"

namespace weir::learn {

// Fewer say too little of the traffic, and of a model nothing at all.
inline constexpr size_t kFewestLabels = 50;
inline constexpr size_t kFewestModelLabels = 20;

// What the labels' prompts are of the traffic: a fair picture of it, or those that somebody chose
// to judge, of which there are more of some kinds than others.
enum class Picture : uint8_t { kFair, kChosen };

// `base` with a head of its own over its frozen features, pulled towards what it says already, with
// shares of the labels' traffic (kFair) or of the base's (kChosen: these prompts are spread over
// the scores as they were, in the order of their new needs), and with a curve for each model of
// kFewestModelLabels labels, pulled towards the shipped one. How strongly is chosen by
// cross-validation. Deterministic; `progress` is told of each part as it is done. kBadRequest with
// fewer than kFewestLabels labels, and for a base that was adapted before.
Result<Weights> Adapt(const Weights& base, std::span<const OwnLabel> labels,
                      const std::function<void(std::string_view)>& progress,
                      Picture picture = Picture::kFair);

}  // namespace weir::learn
