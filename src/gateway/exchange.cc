#include "gateway/exchange.h"

#include "base/strings.h"
#include "gateway/access_log.h"
#include "gateway/accounting.h"
#include "gateway/query.h"
#include "gateway/upstream_error.h"
#include "http/error_headers.h"
#include "http/sse.h"
#include "http/write.h"
#include "json/error_body.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxRequestedName = 256;

// The same body as the last event of a stream.
std::string ErrorEvent(const Error& error) {
  std::string event;
  http::AppendSseData(&event, json::ErrorBody(error));
  return event;
}

}  // namespace

Exchange::Exchange(WorkerState& worker, net::ServerConnection& connection, chat::Endpoint endpoint)
    : worker_(worker), connection_(connection), snapshot_(worker.snapshot) {
  const Clock& clock = worker.core.clock;
  record_.time = clock.Wall();
  id_ = NewRequestId(record_.time);
  record_.id = id_;
  record_.endpoint = chat::EndpointName(endpoint);
  record_.config_version = snapshot_->version;
  request_.endpoint = endpoint;
}

int64_t Exchange::MicrosSinceWhole() const {
  auto since = worker_.core.clock.Steady() - connection_.request_whole();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

net::Task<void> Exchange::Run() {
  InflightSlot slot(worker_.core, snapshot_->settings.limits.max_inflight);
  if (!slot.taken()) {
    co_await AnswerError(nullptr, MakeError(Reason::kOverloaded, "too many requests are in flight"),
                         nullptr);
    co_return;
  }
  worker_.core.retry_budget.OnRequest();
  Result<void> prepared = Prepare();
  if (prepared) {
    co_await RunChain();
  } else {
    co_await AnswerError(nullptr, prepared.error(), nullptr);
  }
}

// Everything up to the decision: no wait, so the parser's views are good until its end.
Result<void> Exchange::Prepare() {
  std::string_view wish;
  route::WishSource source = route::WishSource::kBody;
  std::string named;
  WEIR_TRY(Query query, SplitQuery(connection_.head().query));
  upstream_query_ = query.rest;
  WEIR_TRY(request_,
           worker_.parser.Parse(request_.endpoint, connection_.body(),
                                query.model || connection_.head().headers.Find("x-weir-model")
                                    ? chat::ModelMember::kOptional
                                    : chat::ModelMember::kRequired));
  wish = request_.model;
  if (auto header = connection_.head().headers.Find("x-weir-model")) {
    wish = *header;
    source = route::WishSource::kHeader;
  }
  if (query.model) {
    named = *query.model;
    wish = named;
    source = route::WishSource::kQuery;
  }
  record_.stream = request_.stream;
  record_.requested = Utf8Prefix(wish, kMaxRequestedName);
  SnapshotHealth health(*snapshot_, worker_.core.clock.Steady());
  WEIR_TRY(decision_, snapshot_->router->Decide(request_, {wish, source}, health));
  DescribeDecision(decision_, *snapshot_->directory, &record_);
  request_.model = request_.last_user = request_.all_text = {};
  return {};
}

// Why an attempt was cancelled: the client left, or the drain's time is up.
Error Exchange::Truthful(Error error) const {
  if (error.reason != Reason::kClientGone || connection_.client_gone()) return error;
  return MakeError(Reason::kDraining, "the gateway is shutting down");
}

SteadyTime Exchange::RouteDeadline() const {
  const auto limit = decision_.route ? decision_.route->deadline : config::kDefaultDeadline;
  return connection_.request_whole() + limit;
}

net::Task<void> Exchange::RunChain() {
  std::optional<ClientStream> client;
  if (request_.stream) client.emplace(connection_, Headers(nullptr, nullptr, false));
  AttemptChain chain({worker_,
                      *snapshot_,
                      request_,
                      connection_.body(),
                      decision_,
                      upstream_query_,
                      connection_.head().headers,
                      connection_.cancel(),
                      client ? &*client : nullptr,
                      connection_.request_whole(),
                      {RouteDeadline(), Reason::kDeadline}});
  Result<Answer> answer = co_await chain.Run();
  if (!answer) {
    co_await AnswerError(&chain, Truthful(answer.error()), client ? &*client : nullptr);
  } else if (client) {
    co_await AnswerStream(chain, *std::move(answer), *client);
  } else {
    co_await AnswerPlain(chain, *std::move(answer));
  }
}

net::Task<void> Exchange::AnswerPlain(AttemptChain& chain, Answer answer) {
  record_.first_token_us = MicrosSinceWhole();
  Settled(chain, answer);
  Record(&chain, "ok", answer.status);
  std::string headers = Headers(&chain, answer.target.get(), true) + answer.headers;
  co_await connection_.Respond(answer.status, "application/json", headers, answer.body);
}

net::Task<void> Exchange::AnswerStream(AttemptChain& chain, Answer answer, ClientStream& client) {
  record_.first_token_us = MicrosSinceWhole();
  // No fallback can need the request any more; a long stream should not hold it.
  connection_.FreeBody();
  const std::string headers = Headers(&chain, answer.target.get(), false) + answer.headers;
  const bool early = client.head_sent();
  Result<void> rest = co_await answer.relay->Rest(*answer.call, client, headers, answer.total);
  if (!rest) rest = Truthful(rest.error());
  if (!rest) Blame(chain, answer, rest.error());
  if (rest && answer.target->breaker) answer.target->breaker->ReportSuccess();
  Settled(chain, answer);
  answer.call->Close(rest.has_value());
  std::string last = std::move(answer.relay->pending());
  if (rest) {
    if (early) last += ClosingComment(chain, *answer.target);
    last += answer.relay->Tail();
    Record(&chain, "ok", 200);
  } else {
    // Whatever broke it, the client is told that its stream is cut; the row keeps the reason.
    Error shown = rest.error();
    const bool cut = shown.side() == Side::kUpstream || shown.side() == Side::kTimeout;
    if (cut) shown.reason = Reason::kStreamTruncated;
    last += ErrorEvent(shown);
    Record(&chain, Traits(rest.error().reason).name, 200);
  }
  co_await client.Finish(headers, last);
}

// A stream that broke after its first content: the attempt and its target are marked.
void Exchange::Blame(AttemptChain& chain, const Answer& answer, const Error& error) {
  chain.attempts().back().outcome = Traits(error.reason).name;
  const Target& target = *answer.target;
  if (target.breaker == nullptr) return;
  if (BlamesTarget(error.reason)) {
    target.breaker->ReportFailure(worker_.core.clock.Steady(), target.provider->breaker);
  } else if (target.probe) {
    target.breaker->ReportAbandoned();
  }
}

net::Task<void> Exchange::AnswerError(AttemptChain* chain, Error error, ClientStream* client) {
  const bool as_event = client != nullptr && client->head_sent();
  const PassThrough* said = nullptr;
  bool refused =
      error.reason == Reason::kUpstreamRejected || error.reason == Reason::kContextTooLong;
  if (chain != nullptr && refused && chain->pass_through()) said = &*chain->pass_through();
  int status = as_event ? 200 : said ? said->status : error.status();
  Record(chain, Traits(error.reason).name, status);
  if (as_event) {
    co_await client->Finish({}, ErrorEvent(error));
  } else if (said != nullptr) {
    std::string headers = Headers(chain, nullptr, false);
    std::string body = ScrubSecrets(said->body);
    co_await connection_.Respond(status, said->content_type, headers, body);
  } else {
    std::string headers = Headers(chain, nullptr, false) + http::ErrorHeaders(error);
    std::string body = json::ErrorBody(error);
    co_await connection_.Respond(status, "application/json", headers, body);
  }
}

// The answering attempt's tokens and money, final now.
void Exchange::Settled(AttemptChain& chain, const Answer& answer) {
  ledger::Attempt& row = chain.attempts().back();
  if (answer.relay) {
    ledger::Tokens tokens = CountTokens(answer.relay->usage(), decision_.estimated_prompt_tokens,
                                        answer.relay->text_bytes());
    Settle(*answer.target, tokens, &row);
    row.total_us = MicrosSinceWhole() - row.started_us;
  }
  record_.model = answer.target->name;
  record_.tokens = row.tokens;
  record_.baseline_cost = BaselineCost(*snapshot_->directory, decision_, row.tokens);
}

// Appends the row before the client can have seen the end of its answer.
void Exchange::Record(AttemptChain* chain, std::string_view outcome, int status) {
  record_.outcome = outcome;
  record_.status = status;
  record_.total_us = MicrosSinceWhole();
  record_.priced = true;
  if (chain != nullptr) {
    record_.fallback = chain->fallback();
    record_.attempts = std::move(chain->attempts());
  }
  for (const ledger::Attempt& attempt : record_.attempts) {
    record_.cost = AddSaturating(record_.cost, attempt.cost);
    bool billed = attempt.tokens.prompt + attempt.tokens.completion > 0;
    if (billed && !attempt.priced) record_.priced = false;
  }
  worker_.core.ledger.AppendUsing(record_, &worker_.row_bytes);
  worker_.traffic.Count(record_, *snapshot_->directory);
  LogRequest(record_, *snapshot_->directory);
}

std::string Exchange::Headers(const AttemptChain* chain, const Target* target,
                              bool with_cost) const {
  std::string lines;
  lines.reserve(384);
  http::HeadWriter writer(&lines);
  writer.Field("x-weir-id", id_.ToString());
  if (target != nullptr) writer.Field("x-weir-model", target->name);
  if (decision_.route != nullptr) writer.Field("x-weir-route", decision_.route->name);
  if (!decision_.tier.empty()) writer.Field("x-weir-tier", decision_.tier);
  if (!decision_.reason.empty()) writer.Field("x-weir-reason", decision_.reason);
  writer.Field("x-weir-cache", record_.cache);
  if (chain == nullptr) return lines;
  if (!record_.fallback.empty()) {
    writer.Field("x-weir-fallback", record_.fallback);
  } else if (!chain->fallback().empty()) {
    writer.Field("x-weir-fallback", chain->fallback());
  }
  size_t attempts = std::max(chain->attempts().size(), record_.attempts.size());
  writer.Field("x-weir-attempts", attempts);
  if (with_cost && record_.priced) writer.Field("x-weir-cost-usd", FormatUsd(record_.cost));
  return lines;
}

std::string Exchange::ClosingComment(const AttemptChain& chain, const Target& target) const {
  std::string facts = R"(weir {"model":)";
  AppendJsonString(&facts, target.name);
  facts += fmt::format(R"(,"attempts":{},"fallback":)", chain.attempts().size());
  AppendJsonString(&facts, chain.fallback());
  std::string comment;
  http::AppendSseComment(&comment, facts + "}");
  return comment;
}

}  // namespace weir::gateway
