#include "gateway/attempt.h"

#include "base/strings.h"
#include "gateway/accounting.h"
#include "gateway/upstream_error.h"
#include "http/write.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxAnswer = 64 << 20;
constexpr size_t kMaxRefusal = 256 << 10;

int64_t MicrosBetween(SteadyTime from, SteadyTime to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

bool HasMediaType(const http::ResponseHead& head, std::string_view type) {
  auto value = head.headers.Find("content-type");
  return value && StartsWithIgnoreCase(*value, type);
}

// What the provider allows its customer is not what the client's own key allows.
bool TellsRates(std::string_view name) {
  return StartsWithIgnoreCase(name, "x-ratelimit-") ||
         StartsWithIgnoreCase(name, "anthropic-ratelimit-");
}

void WriteForwarded(const http::ResponseHead& head, bool has_key, std::string* lines) {
  http::HeadWriter writer(lines);
  for (const http::Header& header : head.headers.all()) {
    bool ours =
        EqualsIgnoreCase(header.name, "content-type") || (has_key && TellsRates(header.name));
    if (!ours && http::MayForwardToClient(header.name)) writer.Field(header.name, header.value);
  }
}

// By us at any time after the request was sent; by the upstream once it had begun to answer.
bool IsBrokenOff(Reason reason, int status) {
  switch (reason) {
    case Reason::kClientGone:
    case Reason::kFirstByteTimeout:
    case Reason::kFirstTokenTimeout:
    case Reason::kIdleTimeout:
    case Reason::kTotalTimeout:
    case Reason::kDeadline:
      return status == 0 || status / 100 == 2;
    case Reason::kUpstreamReset:
    case Reason::kStreamTruncated:
    case Reason::kUpstreamTooLarge:
      return status / 100 == 2;
    default:
      return false;
  }
}

}  // namespace

Attempt::Attempt(const AttemptInput& input, const Target& target, size_t key)
    : in_(input), target_(target), key_(key), answer_(input.worker.worker.spares()) {
  row_.model = target.name;
  row_.provider = target.provider->name;
}

net::Task<Result<void>> Attempt::Run() {
  const SteadyTime began = in_.worker.clock().Steady();
  row_.started_us = MicrosBetween(in_.began, began);
  Result<void> asked = co_await Ask();
  row_.outcome = asked ? "ok" : Traits(asked.error().reason).name;
  row_.total_us = MicrosBetween(began, in_.worker.clock().Steady());
  if (answer_.call && answer_.call->answered()) {
    row_.first_byte_us = MicrosBetween(began, answer_.call->first_byte());
  }
  if (!asked) SettleFailed(asked.error());
  if (!asked && answer_.call) answer_.call->Close(false);
  co_return asked;
}

// A failed stream that said what it used is billed for it. What was broken off while the upstream
// worked on it said nothing, and providers bill that, too: what they had read, and had written.
void Attempt::SettleFailed(const Error& error) {
  const bool stream = answer_.relay != nullptr;
  if (stream && answer_.relay->usage()) {
    return Book(answer_.relay->usage(), 0);
  }
  if (!answer_.call || !answer_.call->sent() || !IsBrokenOff(error.reason, row_.status)) return;
  const int64_t text =
      stream ? answer_.relay->text_bytes() : static_cast<int64_t>(answer_.body->size());
  Book({}, text);
}

void Attempt::Book(const std::optional<chat::UsageCounts>& said, int64_t text_bytes) {
  const Asked asked{in_.request, in_.body.size(), in_.decision, target_.model};
  Settle(target_, CountTokens(said, asked, text_bytes), in_.decision.time, &row_);
}

net::Task<Result<void>> Attempt::Ask() {
  const provider::Dialect& dialect = *target_.upstream->dialect;
  provider::Target asked{target_.provider, target_.wire_name, target_.upstream->keys->secret(key_)};
  Result<provider::WireRequest> wire = dialect.encode(in_.request, in_.body, asked);
  if (!wire) co_return wire.error();
  const SteadyTime now = in_.worker.clock().Steady();
  const config::Timeouts& timeouts = target_.timeouts();
  answer_.total = Earlier(in_.deadline, {now + timeouts.total, Reason::kTotalTimeout});
  Limit head{now + timeouts.first_byte, Reason::kFirstByteTimeout};
  if (in_.request.stream) head = {now + timeouts.first_token, Reason::kFirstTokenTimeout};
  answer_.call = std::make_unique<UpstreamCall>(in_.worker, target_, in_.cancel, in_.client);
  CallRequest request{*wire, asked, in_.query, in_.headers};
  SteadyTime connect = std::min(now + timeouts.connect, in_.deadline.at);
  Result<void> opened = co_await answer_.call->Open(request, connect, Earlier(head, answer_.total));
  if (!opened) co_return opened;
  row_.status = answer_.status = answer_.call->head().status;
  WriteForwarded(answer_.call->head(), in_.payment.key() != nullptr, &*answer_.headers);
  if (row_.status / 100 != 2) {
    Result<void> refused = co_await ReadRefusal();
    co_return refused;
  }
  if (in_.request.stream) {
    Result<void> begun = co_await BeginStream(head);
    co_return begun;
  }
  Result<void> read = co_await ReadPlain();
  co_return read;
}

net::Task<Result<void>> Attempt::ReadPlain() {
  if (!HasMediaType(answer_.call->head(), "application/json")) {
    co_return MakeError(Reason::kUpstreamBadAnswer, "the upstream's answer is not JSON");
  }
  Result<void> read = co_await answer_.call->ReadAll(&*answer_.body, kMaxAnswer, answer_.total);
  if (!read) co_return read;
  Result<void> judged = JudgePlain();
  if (judged) answer_.call->Close(false);
  co_return judged;
}

// A 200 is a success only when it answers. What it cost is booked either way.
Result<void> Attempt::JudgePlain() {
  Result<provider::Reply> reply =
      target_.upstream->dialect->decode_reply(in_.worker.reader, &*answer_.body);
  if (!reply) return MakeError(Reason::kUpstreamBadAnswer, reply.error().message);
  const chat::PlainReply& facts = reply->facts;
  answer_.filtered = facts.filtered;
  if (facts.usage || (facts.has_content && !facts.has_error)) {
    Book(facts.usage, facts.text_bytes);
  }
  if (facts.has_error) {
    return MakeError(Reason::kUpstreamBadAnswer,
                     "the upstream answered 200 with an error: " + facts.error_message);
  }
  if (!facts.has_content) {
    return MakeError(Reason::kUpstreamBadAnswer, "the upstream's answer is empty");
  }
  return {};
}

net::Task<Result<void>> Attempt::ReadRefusal() {
  UpstreamCall& call = *answer_.call;
  PassThrough refusal;
  refusal.status = call.head().status;
  refusal.content_type = call.head().headers.Find("content-type").value_or("application/json");
  auto retry_after =
      ParseRetryAfter(call.head().headers.Find("retry-after"), in_.worker.clock().Wall());
  // A refusal that cannot be read whole is still a refusal with this status.
  Result<void> read = co_await call.ReadAll(&refusal.body, kMaxRefusal, answer_.total);
  if (!read && read.error().reason == Reason::kClientGone) co_return read;
  refusal.body.reserve(refusal.body.size() + json::kPadding);
  chat::UpstreamError said =
      target_.upstream->dialect->decode_error(in_.worker.reader, refusal.status, refusal.body);
  Error error = FromStatus(refusal.status, said);
  error.retry_after = retry_after;
  call.Close(false);
  if (error.reason == Reason::kUpstreamRejected || error.reason == Reason::kContextTooLong) {
    refusal_ = std::move(refusal);
  }
  co_return error;
}

net::Task<Result<void>> Attempt::BeginStream(Limit first_token) {
  if (!HasMediaType(answer_.call->head(), "text/event-stream")) {
    // What it has used, it may say.
    const bool plain = HasMediaType(answer_.call->head(), "application/json");
    if (plain) {
      Result<void> read = co_await ReadPlain();
      if (!read && IsBrokenOff(read.error().reason, row_.status)) co_return read;
    }
    co_return MakeError(Reason::kUpstreamBadAnswer, "the upstream's answer is not an event stream");
  }
  answer_.relay = std::make_unique<StreamRelay>(in_.worker, target_, in_.request);
  Result<void> begun =
      co_await answer_.relay->UntilContent(*answer_.call, first_token, answer_.total);
  co_return begun;
}

}  // namespace weir::gateway
