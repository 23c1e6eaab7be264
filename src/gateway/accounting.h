// From what an upstream said to tokens, money and ledger rows.
#pragma once

#include <optional>
#include <span>

#include "catalog/directory.h"
#include "chat/reply.h"
#include "gateway/request_size.h"
#include "gateway/target.h"
#include "ledger/record.h"
#include "quality/answer_length.h"
#include "route/decision.h"

namespace weir::gateway {

// What an upstream was asked.
struct Asked {
  const chat::Request& request;
  size_t body_bytes = 0;
  const route::Decision& decision;
  const catalog::Model* model = nullptr;
};
// The upstream's own count, or an estimate that says so: what an answer with that much text is
// likely to have used, never more than was reserved for the request.
ledger::Tokens CountTokens(const std::optional<chat::UsageCounts>& said, const Asked& asked,
                           int64_t text_bytes);

// The same counts as rows have them, as the upstream said them, and as prices read them.
ledger::Tokens TokensOf(const chat::UsageCounts& counts);
chat::UsageCounts CountsOf(const ledger::Tokens& tokens);
catalog::Usage UsageOf(const ledger::Tokens& tokens);

// Sets tokens, cost and `priced` of the row, at the prices of a request that was whole at that
// time. An unpriced model leaves cost 0 and priced false.
void Settle(const Target& target, const ledger::Tokens& tokens, WallMicros at,
            ledger::Attempt* row);

// The record's cost, as the sum of its attempts' rounded costs, and whether each that used tokens
// has a price.
void SumAttempts(ledger::Record* record);

// What the model would have cost for the same tokens at that time; nullopt without a model or its
// price.
std::optional<NanoUsd> CostAt(const catalog::Directory& directory, catalog::ModelId model,
                              const ledger::Tokens& tokens, WallMicros at);
// What is known of how the baseline would have answered.
struct BaselineTerms {
  // Of the prompt that it would have had in its cache, had it answered the conversation so far; and
  // that it may have had, where nobody can tell.
  int64_t warm_tokens = 0, perhaps_warm = 0;
  quality::LengthShare length;
  bool answered = false;  // it has: it cost what it cost
};

// The route's part of the record, and what its baseline would have cost: the same prompt, warm as
// far as its conversation would have made it, and an answer of its own length. The range: at least
// with all of that warm and the shortest answer, at most with nothing warm and the longest.
void DescribeBaseline(const catalog::Directory& directory, const catalog::Route& route,
                      const BaselineTerms& terms, ledger::Record* record);
// Of a request that has no whole answer, where something was paid: the baseline is owed what it was
// paid itself, so that all else is a loss.
void DescribeUnanswered(const catalog::Directory& directory, const catalog::Route& route,
                        std::span<const ledger::Attempt> attempts, ledger::Record* record);

// The decision's part of the record: route, tier, reason, candidates, rejections, signals,
// thresholds, as JSON.
// `scratch` is memory for them on the way.
void DescribeDecision(const route::Decision& decision, const catalog::Directory& directory,
                      std::string* scratch, ledger::Record* record);

}  // namespace weir::gateway
