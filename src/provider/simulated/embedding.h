// Simulated embeddings: unit vectors that follow from text and seed.
#pragma once

#include <string>

#include "provider/simulated/ask.h"

namespace weir::provider::simulated {

// The whole JSON answer of an embeddings request; vectors as numbers, or as base64 of little-endian
// float32 when the request asks for it (the openai client for JavaScript always does).
std::string EmbeddingJson(const Ask& ask, uint64_t seed);

}  // namespace weir::provider::simulated
