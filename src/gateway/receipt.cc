#include "gateway/receipt.h"

#include "gateway/access_log.h"
#include "gateway/accounting.h"
#include "http/write.h"
#include "route/switching.h"

namespace weir::gateway {

Receipt::Receipt(WorkerState& worker, const Snapshot& snapshot, chat::Endpoint endpoint)
    : worker_(worker), snapshot_(snapshot) {
  row_.time = worker.core.clock.Wall();
  row_.id = NewRequestId(row_.time);
  row_.endpoint = chat::EndpointName(endpoint);
  row_.config_version = snapshot.version;
}

void Receipt::Describe(const route::Decision& decision) {
  DescribeDecision(decision, *snapshot_.directory, &worker_.text, &row_);
}

void Receipt::DescribeKept(const cache::Found& kept, const catalog::Route* route,
                           std::string_view how) {
  const cache::Answer& answer = *kept.answer;
  row_.cache = how;
  row_.tier = answer.origin.tier;
  row_.reason = answer.origin.reason;
  row_.score = answer.origin.score;
  row_.model = answer.origin.model;
  row_.fallback = answer.origin.fallback;
  row_.tokens = TokensOf(answer.usage);
  row_.tokens.estimated = answer.estimated;
  const catalog::ModelId model = snapshot_.directory->FindModel(row_.model);
  const int64_t warm = route::RepeatWarmTokens(row_.tokens.prompt);
  const int64_t surely = kept.idle < route::kPromptCacheTtl ? warm : 0;
  ledger::Tokens again = row_.tokens;
  again.cached = std::max(again.cached, surely);
  again.cache_write = std::min(again.cache_write, again.prompt - again.cached);
  const auto cost = CostAt(*snapshot_.directory, model, again, row_.time);
  if (cost) row_.cache_saved = *cost;
  if (route == nullptr) return;
  DescribeBaseline(*snapshot_.directory, *route, {.warm_tokens = surely, .perhaps_warm = warm},
                   &row_);
}

void Receipt::Close(AttemptChain* chain, std::string_view outcome, int status, int64_t total_us) {
  row_.outcome = outcome;
  row_.status = status;
  row_.total_us = total_us;
  if (chain != nullptr) {
    row_.fallback = chain->fallback();
    row_.attempts = std::move(chain->attempts());
  }
  SumAttempts(&row_);
  if (transcript_) {
    worker_.rows.Add(row_, transcript_->Bodies());
  } else {
    worker_.rows.Add(row_);
  }
  worker_.traffic.Count(row_, *snapshot_.directory);
  LogRequest(row_, *snapshot_.directory, &worker_.text);
}

void Receipt::AppendHeaders(const Known& known, std::string* lines) const {
  lines->reserve(384);
  http::HeadWriter writer(lines);
  writer.Field("x-weir-id", row_.id.Text());
  if (!known.model.empty()) writer.Field("x-weir-model", known.model);
  if (!row_.route.empty()) writer.Field("x-weir-route", row_.route);
  if (!row_.tier.empty()) writer.Field("x-weir-tier", row_.tier);
  if (!row_.reason.empty()) writer.Field("x-weir-reason", row_.reason);
  writer.Field("x-weir-cache", row_.cache);
  const bool kept = row_.cache == "hit" || row_.cache == "shared";
  std::string_view fallback = row_.fallback;
  if (known.chain != nullptr && fallback.empty()) fallback = known.chain->fallback();
  if (!fallback.empty()) writer.Field("x-weir-fallback", fallback);
  size_t attempts = row_.attempts.size();
  if (known.chain != nullptr) attempts = std::max(attempts, known.chain->attempts().size());
  if (known.chain != nullptr || kept) writer.Field("x-weir-attempts", attempts);
  if (known.cost && row_.priced) writer.Field("x-weir-cost-usd", FormatUsd(row_.cost));
  *lines += more_headers_;
}

std::string Receipt::Headers(const Known& known) const {
  std::string lines;
  AppendHeaders(known, &lines);
  return lines;
}

}  // namespace weir::gateway
