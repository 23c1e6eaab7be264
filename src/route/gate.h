// What a model must have to be given a request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "catalog/directory.h"
#include "chat/request.h"
#include "route/decision.h"

namespace weir::route {

struct Needs {
  bool embeds = false;
  catalog::CapabilitySet capabilities = 0;
  // Estimated prompt + max_tokens; 0: the window does not gate. Embeddings have none: theirs is a
  // window for each input, and the estimate is of all of them.
  int64_t tokens = 0;
};

// Reasoning is not among the capabilities: it is wished, not needed.
Needs NeedsOf(const chat::Request& request);
// With reasoning, where it is wished and some model in reach fits and has it.
Needs NeedsAmong(const catalog::Directory& directory, const chat::Request& request,
                 std::span<const catalog::ModelId> reach);

// The first gate that closes: endpoint, capabilities, key, window. A kContext therefore says that
// only the window is too small. nullopt when the model fits.
std::optional<Rejected> Gate(const catalog::Directory& directory, catalog::ModelId id,
                             const Needs& needs);
// The one gate that a pin does not open either.
std::optional<Rejected> KeyGate(const catalog::Directory& directory, catalog::ModelId id);

// max_tokens (at most and by default `expected`) for each of n.
inline constexpr int64_t kAssumedAnswerTokens = 512;
int64_t AssumedAnswerTokens(const chat::Request& request, int64_t expected = kAssumedAnswerTokens);

// At what the decision expects of prompt and answer, and at its time. A prompt that the model has
// read is warm.
Candidate Priced(const catalog::Directory& directory, catalog::ModelId id,
                 const Decision& decision);
// Of no declared model.
Candidate Priced(const std::optional<catalog::Prices>& prices, const Decision& decision,
                 int64_t warm_tokens = 0);

}  // namespace weir::route
