#include "gateway/accounting.h"

#include <cmath>

#include "json/write.h"
#include "route/explain.h"

namespace weir::gateway {
namespace {

// Bytes of text a token stands for, roughly, in prose; only for rows that say `estimated`.
constexpr int64_t kBytesPerToken = 4;

void WriteCandidates(const route::Decision& decision, const catalog::Directory& directory,
                     std::string* text) {
  json::Writer writer(text);
  writer.BeginArray();
  for (const route::Candidate& candidate : decision.candidates) {
    writer.BeginObject();
    writer.Key("model");
    writer.String(candidate.model == catalog::kNoModel ? std::string_view(decision.open_upstream)
                                                       : directory.model(candidate.model).name);
    writer.Key("expected_cost_nano");
    if (candidate.priced) {
      writer.Int(candidate.expected_cost.nano);
    } else {
      writer.Null();
    }
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteRejected(const route::Decision& decision, const catalog::Directory& directory,
                   std::string* text) {
  json::Writer writer(text);
  writer.BeginArray();
  for (const route::Rejected& rejected : decision.rejected) {
    writer.BeginObject();
    writer.Key("model");
    writer.String(directory.model(rejected.model).name);
    writer.Key("why");
    writer.String(route::RejectionName(rejected.why));
    writer.Key("detail");
    writer.String(rejected.detail);
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteSignals(const route::Decision& decision, std::string* text) {
  json::Writer writer(text);
  writer.BeginObject();
  for (const route::SignalValue& signal : decision.signals) {
    writer.Key(signal.name);
    writer.Double(signal.value);
  }
  writer.EndObject();
}

}  // namespace

ledger::Tokens CountTokens(const std::optional<chat::UsageCounts>& said, const Asked& asked,
                           int64_t text_bytes) {
  if (said) return TokensOf(*said);
  const RequestSize size = SizeOf(asked.request, asked.body_bytes);
  const int64_t answer = (text_bytes + kBytesPerToken - 1) / kBytesPerToken;
  return {std::min(asked.decision.estimated_prompt_tokens, MostPromptTokens(size, asked.model)), 0,
          std::min(answer, MostAnswerTokens(size, asked.model)), 0, true};
}

ledger::Tokens TokensOf(const chat::UsageCounts& counts) {
  const auto& [prompt, cached, completion, reasoning, written, audio, images, spoken] = counts;
  return {prompt, cached, completion, reasoning, false, written, audio, images, spoken};
}

chat::UsageCounts CountsOf(const ledger::Tokens& tokens) {
  return {tokens.prompt,      tokens.cached,       tokens.completion,   tokens.reasoning,
          tokens.cache_write, tokens.audio_prompt, tokens.image_prompt, tokens.audio_completion};
}

catalog::Usage UsageOf(const ledger::Tokens& tokens) {
  return {tokens.prompt,       tokens.cached,       tokens.completion,
          tokens.reasoning,    tokens.estimated,    tokens.cache_write,
          tokens.audio_prompt, tokens.image_prompt, tokens.audio_completion};
}

void Settle(const Target& target, const ledger::Tokens& tokens, WallMicros at,
            ledger::Attempt* row) {
  row->tokens = tokens;
  const catalog::Prices* prices = target.prices();
  if (prices == nullptr) return;
  Result<NanoUsd> cost = catalog::Cost(UsageOf(tokens), *prices, at);
  row->priced = cost.has_value();
  if (cost) row->cost = *cost;
}

void SumAttempts(ledger::Record* record) {
  record->priced = true;
  for (const ledger::Attempt& attempt : record->attempts) {
    record->cost = AddSaturating(record->cost, attempt.cost);
    const bool billed = attempt.tokens.prompt > 0 || attempt.tokens.completion > 0;
    if (billed && !attempt.priced) record->priced = false;
  }
}

std::optional<NanoUsd> CostAt(const catalog::Directory& directory, catalog::ModelId model,
                              const ledger::Tokens& tokens, WallMicros at) {
  if (model == catalog::kNoModel || !directory.model(model).prices) return {};
  Result<NanoUsd> cost = catalog::Cost(UsageOf(tokens), *directory.model(model).prices, at);
  if (!cost) return {};
  return *cost;
}

void DescribeBaseline(const catalog::Directory& directory, const catalog::Route& route,
                      const BaselineTerms& terms, ledger::Record* record) {
  record->route = route.name;
  if (route.baseline == catalog::kNoModel) return;
  record->baseline = directory.model(route.baseline).name;
  const ledger::Tokens& given = record->tokens;
  if (terms.answered) {
    record->baseline_cost = CostAt(directory, route.baseline, given, record->time);
    record->baseline_low = record->baseline_high = record->baseline_cost;
    return;
  }
  const int64_t seen = std::min(std::max(given.cached, terms.warm_tokens), given.prompt);
  const int64_t warm = std::min(std::max(seen, terms.perhaps_warm), given.prompt);
  const auto cost = [&](int64_t cached, double length) {
    ledger::Tokens tokens = given;
    tokens.cached = cached;
    tokens.cache_write = std::min(given.cache_write, given.prompt - cached);
    tokens.completion = std::llround(static_cast<double>(given.completion) * length);
    tokens.reasoning = std::min(given.reasoning, tokens.completion);
    tokens.audio_completion = std::min(given.audio_completion, tokens.completion);
    return CostAt(directory, route.baseline, tokens, record->time);
  };
  record->baseline_cost = cost(seen, terms.length.share);
  record->baseline_low = cost(warm, terms.length.low);
  record->baseline_high = cost(0, terms.length.high);
}

void DescribeUnanswered(const catalog::Directory& directory, const catalog::Route& route,
                        std::span<const ledger::Attempt> attempts, ledger::Record* record) {
  if (route.baseline == catalog::kNoModel || !directory.model(route.baseline).prices) return;
  const std::string_view baseline = directory.model(route.baseline).name;
  NanoUsd all, its;
  for (const ledger::Attempt& attempt : attempts) {
    all = AddSaturating(all, attempt.cost);
    if (attempt.model == baseline) its = AddSaturating(its, attempt.cost);
  }
  if (all.nano == 0) return;
  record->baseline_cost = record->baseline_low = record->baseline_high = its;
}

void DescribeDecision(const route::Decision& decision, const catalog::Directory& directory,
                      std::string* scratch, ledger::Record* record) {
  if (decision.route != nullptr) {
    record->route = decision.route->name;
    if (decision.route->baseline != catalog::kNoModel) {
      record->baseline = directory.model(decision.route->baseline).name;
    }
  }
  record->tier = decision.tier;
  record->task = decision.task;
  record->language = decision.language;
  record->reason = decision.reason;
  record->score = decision.score;
  scratch->clear();
  WriteCandidates(decision, directory, scratch);
  record->candidates = *scratch;
  scratch->clear();
  WriteRejected(decision, directory, scratch);
  record->rejected = *scratch;
  scratch->clear();
  WriteSignals(decision, scratch);
  record->signals = *scratch;
  scratch->clear();
  route::AppendPolicyJson(decision, directory, scratch);
  record->policy = *scratch;
}

}  // namespace weir::gateway
