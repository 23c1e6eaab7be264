// What Exchange does with the answer cache: repeats are answered from memory, equal requests in
// flight share one upstream call (docs/adr/0006-answer-cache.md).
#include "gateway/accounting.h"
#include "gateway/exchange.h"
#include "gateway/exchange_parts.h"

namespace weir::gateway {
namespace {

using State = cache::Follower::State;
using Role = cache::Flights::Role;

// A leader that left before anything came takes nothing from its followers' one new call.
bool CallerLeft(const Error& error) {
  return error.reason == Reason::kClientGone || error.reason == Reason::kDraining;
}

Error IdempotencyConflict() {
  return MakeError(Reason::kConflict,
                   "this idempotency-key was used for another request: use a new one",
                   "idempotency-key");
}

constexpr int kMostCalls = 8;  // followed ones, whose callers have left

}  // namespace

bool Exchange::ClaimsIdempotencyKey(const cache::Hash128& request) {
  cache::AnswerCache& cache = worker_.core.cache;
  std::string scratch;
  const cache::KeyView name =
      IdempotencyNameOf(cache.keys(), connection_.head(), terms_.idempotency, &scratch);
  return cache.idempotency().Claim(name.hash, request, worker_.core.clock.Steady());
}

// True when the request is answered. Else it is to be asked, and lead_ records what comes.
net::Task<bool> Exchange::AnswerFromCache() {
  cache::AnswerCache& cache = worker_.core.cache;
  if (connection_.body().size() > cache.memory().max_entry()) co_return false;
  int failed = 0;
  for (int calls = 0; calls < kMostCalls; ++calls) {
    receipt_.row().cache = "miss";
    const cache::KeyView key =
        CacheKeyOf(cache.keys(), request_, wish_.name, terms_, connection_.head(), upstream_query_,
                   connection_.body(), &worker_.key_bytes);
    if (!terms_.idempotency.empty() && !ClaimsIdempotencyKey(key.hash)) {
      co_await AnswerError(nullptr, IdempotencyConflict(), nullptr);
      co_return true;
    }
    if (terms_.fresh) {  // not what others were asked for, which may have been asked before
      lead_.emplace(worker_, *terms_.settings,
                    std::make_shared<cache::Flight>(cache::Keep(key), cache.recordings()));
      co_return false;
    }
    const uint64_t mark = cache.flights().Mark(key);
    if (cache::Found kept = cache.memory().Lookup(key); kept.answer) {
      co_await Replay(std::move(kept), "hit");
      co_return true;
    }
    cache::Flights::Seat seat = cache.flights().Join(key, mark);
    if (seat.role == Role::kAlone) co_return false;
    if (seat.role == Role::kLookAgain) continue;
    if (seat.role == Role::kLeads) {
      lead_.emplace(worker_, *terms_.settings, std::move(seat.flight));
      bool found = co_await AnswerFromRedis();
      co_return found;
    }
    Followed followed = co_await Follow(std::move(seat.flight));
    if (followed.answered) co_return true;
    if (!CallerLeft(followed.failure->error) && ++failed > 1) {
      cache::Failure failure = *std::move(followed.failure);
      co_await FailFollowing(std::move(failure), false);
      co_return true;
    }
    Result<void> again = Read();  // others have been parsed since
    if (!again) co_return false;
  }
  co_return false;
}

// The leader asks what other nodes have been answered; its followers get that as their own.
net::Task<bool> Exchange::AnswerFromRedis() {
  if (!worker_.redis || !worker_.redis->ready()) co_return false;
  const cache::KeyView key = lead_->key().view();
  cache::Found found = co_await worker_.redis->Find(key);
  if (!found.answer) co_return false;
  lead_->Give(found.answer, found.left);
  co_await Replay(std::move(found), "hit");
  co_return true;
}

// Answers from the call of another request, as it comes.
net::Task<Exchange::Followed> Exchange::Follow(std::shared_ptr<cache::Flight> flight) {
  net::Doorbell bell(worker_.worker);
  cache::Follower follower(std::move(flight), std::make_shared<BellWaker>(bell));
  receipt_.row().cache = "shared";
  if (request_.stream && !client_) client_.emplace(connection_, receipt_.Headers({}));
  std::string headers;
  std::string events;
  Followed followed{true, {}};
  for (;;) {
    events.clear();
    const State state = follower.Take(&events);
    if (state == State::kDone) {
      co_await FinishFollowing(follower, events);
      co_return followed;
    }
    if (client_ && !events.empty()) {
      if (headers.empty()) headers = KeptHeaders(*follower.origin());
      const bool sent = co_await client_->Write(headers, events);
      if (!sent) stop_.Cancel();
    }
    if (state == State::kFailed || state == State::kLost) {
      cache::Failure failure{
          MakeError(Reason::kStreamTruncated, "the answer was too long to share"), 0, {}, {}};
      if (state == State::kFailed) failure = follower.failure();
      if (headers.empty() && failure.status == 0) {
        followed.answered = false;
        followed.failure = std::move(failure);
        co_return followed;
      }
      co_await FailFollowing(std::move(failure), !headers.empty());
      co_return followed;
    }
    if (state == State::kMore && !stop_.cancelled()) continue;
    const SteadyTime until = client_ ? std::min(Deadline(), client_->next_tick()) : Deadline();
    const net::Doorbell::Heard heard = co_await bell.Wait(until, &stop_);
    if (heard == net::Doorbell::Heard::kPress) continue;
    if (heard == net::Doorbell::Heard::kDeadline && until < Deadline()) {
      const bool sent = co_await client_->Tick();
      if (sent) continue;
    }
    const bool late = heard == net::Doorbell::Heard::kDeadline && until == Deadline();
    cache::Failure failure = Stopped();
    if (late) failure.error = MakeError(Reason::kDeadline, "the route's deadline passed");
    co_await FailFollowing(std::move(failure), !headers.empty());
    co_return followed;
  }
}

cache::Failure Exchange::Stopped() const {
  return {Truthful(MakeError(Reason::kClientGone, "the client left")), 0, {}, {}};
}

// The headers of an answer that another request was given first. Its first content is at hand.
std::string Exchange::KeptHeaders(const cache::Origin& origin) {
  ledger::Record& row = receipt_.row();
  row.first_token_us = MicrosSinceWhole();
  row.tier = origin.tier;
  row.reason = origin.reason;
  row.fallback = origin.fallback;
  return receipt_.Headers({origin.model});
}

net::Task<void> Exchange::FinishFollowing(const cache::Follower& follower, std::string_view rest) {
  const cache::Answer& answer = *follower.answer();
  NoteKept(answer);
  const int64_t first = receipt_.row().first_token_us;
  receipt_.DescribeKept({follower.answer()}, route_, "shared");
  std::string headers = KeptHeaders(answer.origin);
  if (first >= 0) receipt_.row().first_token_us = first;
  co_await Close(nullptr, "ok", 200);
  if (client_) {
    co_await client_->Finish(headers, rest);
  } else {
    headers = receipt_.Headers({answer.origin.model, nullptr, true});
    co_await connection_.Respond(200, "application/json", headers, answer.body);
  }
}

// `seen`: the client has had content of the call that failed.
net::Task<void> Exchange::FailFollowing(cache::Failure failure, bool seen) {
  if (seen) {
    co_await Close(nullptr, Traits(failure.error.reason).name, 200);
    co_await client_->Finish({}, ErrorEvent(AsCut(failure.error)));
    co_return;
  }
  PassThrough said{failure.status, std::move(failure.content_type), std::move(failure.body)};
  const PassThrough* shown = said.status == 0 ? nullptr : &said;
  Error error = std::move(failure.error);
  co_await AnswerError(nullptr, std::move(error), shown);
}

void Exchange::NoteKept(const cache::Answer& answer) {
  Transcript* said = receipt_.transcript();
  if (said == nullptr) return;
  request_.stream ? said->TakeEvents(answer.body) : said->TakeBody(answer.body);
}

// A whole answer from memory.
net::Task<void> Exchange::Replay(cache::Found kept, std::string_view how) {
  receipt_.DescribeKept(kept, route_, how);
  const cache::AnswerPtr answer = std::move(kept.answer);
  NoteKept(*answer);
  receipt_.row().first_token_us = MicrosSinceWhole();
  SpareString headers(worker_.worker.spares());
  if (!request_.stream) {
    co_await Close(nullptr, "ok", 200);
    receipt_.AppendHeaders({answer->origin.model, nullptr, true}, &*headers);
    co_await connection_.Respond(200, "application/json", *headers, answer->body);
    co_return;
  }
  receipt_.AppendHeaders({answer->origin.model}, &*headers);
  if (!client_) client_.emplace(connection_, std::string());
  if (!answer->pace.empty() && terms_.settings->replay == config::CacheSettings::Replay::kPaced) {
    const bool shown = co_await ReplayPaced(*answer, *headers);
    const uint64_t from = answer->pace.size() > 1 ? answer->pace[answer->pace.size() - 2].end : 0;
    if (shown) {
      co_await Close(nullptr, "ok", 200);
      co_await client_->Finish(*headers, std::string_view(answer->body).substr(from));
      co_return;
    }
    cache::Failure failure = Stopped();
    co_await FailFollowing(std::move(failure), client_->head_sent());
    co_return;
  }
  co_await Close(nullptr, "ok", 200);
  co_await client_->Finish(*headers, answer->body);
}

// All but the last piece, which waits for its time. False: the client has left.
net::Task<bool> Exchange::ReplayPaced(const cache::Answer& answer, std::string_view headers) {
  const SteadyTime began = worker_.core.clock.Steady();
  const std::string_view body = answer.body;
  uint64_t from = 0;
  for (size_t i = 0; i < answer.pace.size(); ++i) {
    const cache::Pace& pace = answer.pace[i];
    const SteadyTime at = began + std::chrono::milliseconds(pace.at_ms);
    const bool waited = co_await net::SleepUntil(worker_.worker, at, &stop_);
    if (!waited) co_return false;
    if (i + 1 == answer.pace.size()) break;
    const bool sent = co_await client_->Write(headers, body.substr(from, pace.end - from));
    if (!sent) co_return false;
    from = pace.end;
  }
  co_return true;
}

// Gives the answer to the cache and to those who follow. `body` is a plain answer's.
cache::AnswerPtr Exchange::Keep(const AttemptChain& chain, const Answer& answer,
                                std::string* body) {
  const ledger::Record& row = receipt_.row();
  cache::Answer whole;
  whole.origin = OriginOf(row, *answer.target, chain);
  whole.usage = CountsOf(row.tokens);
  whole.estimated = row.tokens.estimated;
  if (body != nullptr) whole.body = std::move(*body);
  const bool filtered = answer.filtered || (answer.relay && answer.relay->filtered());
  const bool first = whole.origin.fallback.empty() || !terms_.idempotency.empty();
  const bool storable = first && !filtered && answer.status == 200;
  return lead_->Keep(std::move(whole), storable);
}

}  // namespace weir::gateway
