#include "route/switching.h"

#include <algorithm>

#include "route/gate.h"

namespace weir::route {
namespace {

struct Bill {
  int64_t prompt;
  int64_t answer;
  WallMicros time;
};

// Of a turn whose fresh tokens are kept for the next one.
std::optional<NanoUsd> TurnCost(const std::optional<catalog::Prices>& prices, int64_t warm,
                                const Bill& bill) {
  if (!prices) return std::nullopt;
  const catalog::Usage usage{.prompt = bill.prompt,
                             .cached = warm,
                             .completion = bill.answer,
                             .cache_write = bill.prompt - warm};
  const Result<NanoUsd> cost = catalog::Cost(usage, *prices, bill.time);
  if (!cost) return std::nullopt;
  return *cost;
}

}  // namespace

int64_t WarmTokens(const Conversation& known, int64_t prompt_tokens) {
  if (!known.same_opening || known.age >= kPromptCacheTtl) return 0;
  const int64_t seen =
      std::clamp<int64_t>(known.seen_tokens, 0, std::max<int64_t>(prompt_tokens, 0));
  return static_cast<int64_t>(static_cast<double>(seen) * std::clamp(known.cached_share, 0.0, 1.0));
}

int64_t RepeatWarmTokens(int64_t prompt_tokens) {
  constexpr int64_t kLeast = 1024, kStep = 128;
  return prompt_tokens < kLeast ? 0 : prompt_tokens / kStep * kStep;
}

bool Switch::Pays() const {
  if (warm_tokens == 0) return true;
  return leave && settled && leave->nano - settled->nano < forgone.nano;
}

Switch WeighSwitch(const catalog::Directory& directory, catalog::ModelId from, catalog::ModelId to,
                   const Conversation& known, const chat::Request& request, int64_t prompt_tokens,
                   WallMicros time) {
  const int64_t warm = WarmTokens(known, prompt_tokens);
  Switch made{from, to, warm, {}, {}, {}, {}};
  const Bill bill{prompt_tokens, AssumedAnswerTokens(request), time};
  const auto& here = directory.model(from).prices;
  const auto& there = directory.model(to).prices;
  made.stay = TurnCost(here, warm, bill);
  made.leave = TurnCost(there, 0, bill);
  made.settled = TurnCost(there, warm, bill);
  if (!made.stay || !made.settled) return made;
  const NanoUsd more{std::max<int64_t>(made.stay->nano - made.settled->nano, 0)};
  made.forgone = AddSaturating(known.forgone, more);
  return made;
}

}  // namespace weir::route
