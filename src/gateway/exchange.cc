#include "gateway/exchange.h"

#include "base/strings.h"
#include "gateway/accounting.h"
#include "gateway/exchange_parts.h"
#include "gateway/query.h"
#include "gateway/upstream_error.h"
#include "http/error_headers.h"
#include "http/sse.h"
#include "json/error_body.h"
#include "quality/answer_text.h"
#include "route/switching.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxRequestedName = 256;

}  // namespace

Exchange::Exchange(WorkerState& worker, net::ServerConnection& connection, chat::Endpoint endpoint)
    : worker_(worker),
      connection_(connection),
      snapshot_(worker.snapshot),
      own_receipt_(std::make_unique<Receipt>(worker, *snapshot_, endpoint)),
      receipt_(*own_receipt_),
      payment_(worker, *snapshot_, receipt_.row()) {
  request_.endpoint = endpoint;
  connection_.cancel().Arm([](void* self) { static_cast<Exchange*>(self)->OnStop(); }, this);
}

Exchange::~Exchange() {
  connection_.cancel().Arm(nullptr, nullptr);
}

void Exchange::OnStop() {
  // Whoever follows this call is not to lose it because its first client has left.
  if (lead_ && connection_.client_gone() && lead_->Orphan([this] { stop_.Cancel(); })) return;
  stop_.Cancel();
}

int64_t Exchange::MicrosSinceWhole() const {
  auto since = worker_.clock().Steady() - connection_.request_whole();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

net::Task<void> Exchange::Run() {
  InflightSlot slot(worker_.core, snapshot_->settings.limits.max_inflight);
  if (!slot.taken()) {
    Error full = MakeError(Reason::kOverloaded, "too many requests are in flight");
    co_await AnswerError(nullptr, std::move(full), nullptr);
    co_return;
  }
  Result<void> ready = Enter();
  if (ready && terms_.use) {
    bool answered = co_await AnswerFromCache();
    if (answered) co_return;
    ready = Read();  // others have been parsed since
  }
  if (ready) ready = Decide();
  if (ready) {
    co_await RunChain();
  } else {
    co_await AnswerError(nullptr, ready.error(), nullptr);
  }
}

Result<void> Exchange::Enter() {
  WEIR_CHECK_OK(payment_.Enter(connection_.head().headers));
  WEIR_CHECK_OK(Read());
  WEIR_CHECK_OK(payment_.Permit(receipt_.row().requested));
  WEIR_CHECK_OK(payment_.Begin(request_, connection_.body().size()));
  if (snapshot_->settings.ledger.bodies == config::LedgerSettings::Bodies::kOn) KeepWords();
  return {};
}

void Exchange::KeepWords() {
  if (!MayKeepWords(payment_.key(), request_, connection_.body())) return;
  if (worker_.transcripts >= Transcript::kMostAtOnce) {
    ++worker_.core.words_not_kept;
    return;
  }
  receipt_.Keep(std::make_unique<Transcript>(connection_.body(), &worker_.transcripts));
}

// No wait until Decide(), so that the parser's views are good there.
Result<void> Exchange::Read() {
  const http::RequestHead& head = connection_.head();
  WEIR_TRY(Query query, SplitQuery(head.query));
  upstream_query_ = std::move(query.rest);
  const auto header = head.headers.Find("x-weir-model");
  WEIR_TRY(request_, worker_.parser.Parse(request_.endpoint, connection_.body(),
                                          query.model || header ? chat::ModelMember::kOptional
                                                                : chat::ModelMember::kRequired));
  wish_ = {request_.model, route::WishSource::kBody};
  if (header) wish_ = {*header, route::WishSource::kHeader};
  if (query.model) {
    named_ = *std::move(query.model);
    wish_ = {named_, route::WishSource::kQuery};
  }
  ledger::Record& row = receipt_.row();
  row.stream = request_.stream;
  row.requested = Utf8Prefix(wish_.name, kMaxRequestedName);
  route_ = snapshot_->directory->FindRoute(wish_.name);
  if (route_ != nullptr && route_->experiment) EnterExperiment();
  WEIR_TRY(terms_, TermsOf(request_, route_, head));
  if (route_ != nullptr) row.route = route_->name;
  return {};
}

Result<void> Exchange::Decide() {
  ++decisions_;
  const RequestHealth health(*snapshot_, worker_.clock().Steady(), receipt_.row().time, payment_,
                             worker_.core.monitor);
  const std::optional<route::Conversation> known = Recall();
  warm_tokens_ = known ? route::WarmTokens(*known, request_.EstimatedPromptTokens()) : 0;
  auto decided = snapshot_->router->Decide(request_, wish_, health, known ? &*known : nullptr);
  if (!decided) {
    Error refused = std::move(decided).error();
    payment_.AddRenewal(&refused);
    return refused;
  }
  decision_ = *std::move(decided);
  receipt_.Describe(decision_);
  if (decisions_ == 1) WEIR_CHECK_OK(payment_.Expect(decision_));
  sample_ = worker_.samples->Draw(snapshot_, receipt_.row(), payment_.key(), request_,
                                  connection_.body(), &decision_);
  ShowRates();
  request_.model = request_.last_user = request_.all_text = request_.prompt_cache_key = {};
  request_.members = {};
  return {};
}

// Why an attempt was cancelled: the client left, or the drain's time is up.
Error Exchange::Truthful(Error error) const {
  if (error.reason != Reason::kClientGone || connection_.client_gone()) return error;
  return MakeError(Reason::kDraining, "the gateway is shutting down");
}

SteadyTime Exchange::Deadline() const {
  return connection_.request_whole() + (route_ ? route_->deadline : config::kDefaultDeadline);
}

net::Task<void> Exchange::RunChain() {
  worker_.core.retry_budget.OnRequest();
  if (request_.stream && !client_) client_.emplace(connection_, receipt_.Headers({}));
  if (client_ && lead_) client_->RecordInto(&*lead_);
  if (client_ && sample_) client_->KeepInto(&sample_->stream, Samples::kLargestStream);
  if (client_) client_->NoteInto(receipt_.transcript());
  AttemptChain chain({worker_,
                      *snapshot_,
                      request_,
                      connection_.body(),
                      decision_,
                      upstream_query_,
                      connection_.head().headers,
                      stop_,
                      client(),
                      connection_.request_whole(),
                      {Deadline(), Reason::kDeadline},
                      payment_});
  Result<Answer> answer = co_await chain.Run();
  if (!answer && DecidesAgain(chain)) {
    co_await RunChain();
  } else if (!answer) {
    Error error = Truthful(answer.error());
    const bool refused =
        error.reason == Reason::kUpstreamRejected || error.reason == Reason::kContextTooLong;
    const PassThrough* said = refused && chain.pass_through() ? &*chain.pass_through() : nullptr;
    co_await AnswerError(&chain, std::move(error), said);
  } else if (client_) {
    co_await AnswerStream(chain, *std::move(answer));
  } else {
    co_await AnswerPlain(chain, *std::move(answer));
  }
}

void Exchange::ShowRates() {
  receipt_.more_headers().clear();
  payment_.AppendRates(&receipt_.more_headers());
}

// Others have taken the last that strong models may cost: a weaker one answers.
bool Exchange::DecidesAgain(const AttemptChain& chain) {
  constexpr int kMostDecisions = 3;
  if (!payment_.strong_was_taken()) return false;
  if (!chain.attempts().empty() || decisions_ >= kMostDecisions) return false;
  return Read() && Decide();
}

net::Task<void> Exchange::AnswerPlain(AttemptChain& chain, Answer answer) {
  receipt_.row().first_token_us = MicrosSinceWhole();
  Settled(chain, answer);
  NoteTurn(answer);
  if (Transcript* said = receipt_.transcript()) said->TakeBody(*answer.body);
  co_await Close(&chain, "ok", answer.status);
  const cache::AnswerPtr kept = lead_ ? Keep(chain, answer, &*answer.body) : nullptr;
  SpareString headers(worker_.worker.spares());
  receipt_.AppendHeaders({answer.target->name, &chain, true}, &*headers);
  *headers += *answer.headers;
  const std::string& shown = kept ? kept->body : *answer.body;
  if (sample_) sample_->answer = quality::PlainAnswerText(shown);
  const catalog::Model* answered = answer.target->model;
  co_await connection_.Respond(answer.status, "application/json", *headers, shown);
  TakeSample(answered);
}

net::Task<void> Exchange::AnswerStream(AttemptChain& chain, Answer answer) {
  ClientStream& client = *client_;
  receipt_.row().first_token_us = MicrosSinceWhole();
  // No fallback can need the request any more; a long stream should not hold it.
  connection_.FreeBody();
  const std::string headers =
      receipt_.Headers({answer.target->name, &chain, false}) + *answer.headers;
  if (lead_) lead_->Began(OriginOf(receipt_.row(), *answer.target, chain));
  const bool early = client.head_sent();
  Result<void> rest = co_await answer.relay->Rest(*answer.call, client, headers, answer.total);
  if (!rest) rest = Truthful(rest.error());
  if (!rest) Blame(chain, answer, rest.error());
  if (rest && answer.target->breaker) answer.target->breaker->ReportSuccess();
  Settled(chain, answer);
  answer.call->Close(rest.has_value());
  std::string last = std::move(answer.relay->pending());
  if (Transcript* said = receipt_.transcript()) said->TakeEvents(last);
  if (rest) {
    NoteTurn(answer);
    if (lead_) lead_->Append(last + std::string(answer.relay->Tail()));
    if (early) last += ClosingComment(chain, *answer.target);
    last += answer.relay->Tail();
    co_await Close(&chain, "ok", 200);
    if (lead_) Keep(chain, answer, nullptr);
  } else {
    // Whatever broke it, the client is told that its stream is cut; the row keeps the reason.
    if (lead_) lead_->Append(last);
    if (lead_) lead_->Fail({rest.error(), 0, {}, {}});
    last += ErrorEvent(AsCut(rest.error()));
    if (BlamesTarget(rest.error().reason)) NoteUnanswered(&chain);
    co_await Close(&chain, Traits(rest.error().reason).name, 200);
  }
  co_await client.Finish(headers, last);
  if (!rest || !sample_) co_return;
  sample_->answer = quality::StreamAnswerText(std::exchange(sample_->stream, {}));
  TakeSample(answer.target->model);
}

// A stream that broke after its first content: the attempt and its target are marked.
void Exchange::Blame(AttemptChain& chain, const Answer& answer, const Error& error) {
  chain.attempts().back().outcome = Traits(error.reason).name;
  const Target& target = *answer.target;
  if (target.breaker == nullptr) return;
  if (BlamesTarget(error.reason)) {
    target.breaker->ReportFailure(worker_.clock().Steady(), target.provider->breaker);
  } else if (target.probe) {
    target.breaker->ReportAbandoned();
  }
}

net::Task<void> Exchange::AnswerError(AttemptChain* chain, Error error, const PassThrough* said) {
  if (lead_) lead_->Fail(FailureOf(error, said));
  const bool as_event = client_ && client_->head_sent();
  int status = as_event ? 200 : said ? said->status : error.status();
  NoteUnanswered(chain);
  co_await Close(chain, Traits(error.reason).name, status);
  if (as_event) {
    co_await client_->Finish({}, ErrorEvent(error));
    co_return;
  }
  std::string headers = receipt_.Headers({{}, chain, false});
  if (said != nullptr) {
    std::string body = ScrubSecrets(said->body);
    co_await connection_.Respond(status, said->content_type, headers, body);
  } else {
    headers += http::ErrorHeaders(error);
    std::string body = json::ErrorBody(error);
    co_await connection_.Respond(status, "application/json", headers, body);
  }
}

// The answering attempt's tokens and money, final now.
void Exchange::Settled(AttemptChain& chain, const Answer& answer) {
  ledger::Attempt& attempt = chain.attempts().back();
  if (answer.relay) {
    const Asked asked{request_, connection_.body().size(), decision_, answer.target->model};
    Settle(*answer.target, CountTokens(answer.relay->usage(), asked, answer.relay->text_bytes()),
           decision_.time, &attempt);
    attempt.total_us = MicrosSinceWhole() - attempt.started_us;
  }
  payment_.SettleAnswered(*answer.target, attempt.cost);
  ledger::Record& row = receipt_.row();
  row.model = answer.target->name;
  row.tokens = attempt.tokens;
  if (decision_.route == nullptr) return;
  BaselineTerms terms{.warm_tokens = warm_tokens_};
  terms.answered =
      answer.target->model != nullptr && answer.target->model->id == decision_.route->baseline;
  if (decision_.route->quality) terms.length = LengthsOf(*answer.target);
  DescribeBaseline(*snapshot_->directory, *decision_.route, terms, &row);
}

void Exchange::NoteUnanswered(AttemptChain* chain) {
  if (chain == nullptr || decision_.route == nullptr) return;
  DescribeUnanswered(*snapshot_->directory, *decision_.route, chain->attempts(), &receipt_.row());
}

// Waits until the row is in the journal. A call that went on for its followers after its own client
// had left is a client's leaving.
net::Task<void> Exchange::Close(AttemptChain* chain, std::string_view outcome, int status) {
  if (outcome == "ok" && connection_.client_gone()) outcome = Traits(Reason::kClientGone).name;
  receipt_.Close(chain, outcome, status, MicrosSinceWhole());
  payment_.Close();
  ShowRates();
  return payment_.Booked();
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
