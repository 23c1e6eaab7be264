#include "route/gate.h"

namespace weir::route {
namespace {

using catalog::Bit;
using catalog::Capability;

catalog::CapabilitySet EndpointNeeds(chat::Endpoint endpoint) {
  switch (endpoint) {
    case chat::Endpoint::kChatCompletions:
      return Bit(Capability::kChat);
    case chat::Endpoint::kCompletions:
      return Bit(Capability::kCompletions);
    case chat::Endpoint::kEmbeddings:
      return Bit(Capability::kEmbeddings);
  }
  return 0;
}

bool OnlyEmbeds(const catalog::Model& model) {
  return (model.capabilities & Bit(Capability::kEmbeddings)) != 0 &&
         (model.capabilities & (Bit(Capability::kChat) | Bit(Capability::kCompletions))) == 0;
}

}  // namespace

Needs NeedsOf(const chat::Request& request) {
  Needs needs;
  needs.capabilities = EndpointNeeds(request.endpoint);
  needs.embeds = request.endpoint == chat::Endpoint::kEmbeddings;
  if (needs.embeds) return needs;
  if (request.has_tools) needs.capabilities |= Bit(Capability::kTools);
  if (request.images > 0) needs.capabilities |= Bit(Capability::kVision);
  if (request.wants_json_schema) needs.capabilities |= Bit(Capability::kJsonSchema);
  if (request.wants_json_object) needs.capabilities |= Bit(Capability::kJsonObject);
  const int64_t answer = std::max<int64_t>(request.max_tokens, 0);
  const int64_t prompt = request.EstimatedPromptTokens();
  needs.tokens = answer > INT64_MAX - prompt ? INT64_MAX : prompt + answer;
  return needs;
}

std::optional<Rejected> KeyGate(const catalog::Directory& directory, catalog::ModelId id) {
  const catalog::Provider& provider = directory.provider_of(id);
  if (!provider.key_missing) return std::nullopt;
  return Rejected{id, Rejection::kNoKey, provider.key_env};
}

std::optional<Rejected> Gate(const catalog::Directory& directory, catalog::ModelId id,
                             const Needs& needs) {
  const catalog::Model& model = directory.model(id);
  const auto missing =
      static_cast<catalog::CapabilitySet>(needs.capabilities & ~model.capabilities);
  if (missing & Bit(Capability::kEmbeddings)) return Rejected{id, Rejection::kNotEmbedding, {}};
  if (!needs.embeds && OnlyEmbeds(model)) return Rejected{id, Rejection::kNotEmbedding, {}};
  if (missing != 0) return Rejected{id, Rejection::kCapability, catalog::CapabilityNames(missing)};
  if (auto no_key = KeyGate(directory, id)) return no_key;
  if (model.context > 0 && needs.tokens > model.context) {
    return Rejected{id, Rejection::kContext,
                    fmt::format("{} > {} tokens", needs.tokens, model.context)};
  }
  return std::nullopt;
}

Needs NeedsAmong(const catalog::Directory& directory, const chat::Request& request,
                 std::span<const catalog::ModelId> reach) {
  const Needs needs = NeedsOf(request);
  if (!request.wants_reasoning || needs.embeds) return needs;
  Needs with = needs;
  with.capabilities |= Bit(Capability::kReasoning);
  const auto fits = [&](catalog::ModelId id) { return !Gate(directory, id, with); };
  return std::ranges::any_of(reach, fits) ? with : needs;
}

Candidate Priced(const catalog::Directory& directory, catalog::ModelId id,
                 const Decision& decision) {
  const int64_t warm = id == decision.warm_model ? decision.warm_tokens : 0;
  Candidate candidate = Priced(directory.model(id).prices, decision, warm);
  candidate.model = id;
  return candidate;
}

int64_t AssumedAnswerTokens(const chat::Request& request, int64_t expected) {
  if (request.endpoint == chat::Endpoint::kEmbeddings) return 0;
  const int64_t answer = request.max_tokens > 0 ? std::min(request.max_tokens, expected) : expected;
  return answer * std::clamp<int64_t>(request.n, 1, chat::kMaxChoices);
}

Candidate Priced(const std::optional<catalog::Prices>& prices, const Decision& decision,
                 int64_t warm_tokens) {
  Candidate candidate;
  if (!prices) return candidate;
  catalog::Usage usage;
  usage.prompt = decision.estimated_prompt_tokens;
  usage.cached = std::min(warm_tokens, usage.prompt);
  usage.completion = decision.expected_answer_tokens;
  if (auto cost = catalog::Cost(usage, *prices, decision.time)) {
    candidate.expected_cost = *cost;
    candidate.priced = true;
  }
  return candidate;
}

}  // namespace weir::route
