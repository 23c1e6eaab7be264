#include "gateway/relay.h"

#include "json/patch.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxHeldBack = 1 << 20;
constexpr auto kAfterFinish = std::chrono::seconds(5);

Error Truncated() {
  return MakeError(Reason::kStreamTruncated, "the upstream's stream ended before it was complete");
}

}  // namespace

StreamRelay::StreamRelay(WorkerState& worker, const Target& target, const chat::Request& request)
    : worker_(worker),
      target_(target),
      dialect_(*target.upstream->dialect),
      show_usage_(request.include_usage),
      choices_(request.endpoint == chat::Endpoint::kCompletions
                   ? request.n * std::max(1, request.messages)  // one set a prompt
                   : request.n),
      state_(dialect_.new_stream(request)) {}

net::Task<Result<void>> StreamRelay::UntilContent(UpstreamCall& call, Limit first_token,
                                                  Limit total) {
  const Limit limit = Earlier(first_token, total);
  while (!content_) {
    if (done_) co_return MakeError(Reason::kUpstreamBadAnswer, "the upstream's stream is empty");
    if (ended_) co_return Truncated();
    read_.clear();
    Result<bool> more = co_await call.ReadSome(&read_, limit);
    Result<void> read = Took(more);
    if (!read) co_return read;
    // Events behind the first content wait for Rest(): what the client gets must not depend on how
    // the upstream's bytes were cut.
    Result<void> taken = TakeEvents(true);
    if (!taken) co_return taken;
    if (!content_ && out_.size() > kMaxHeldBack) {
      co_return MakeError(Reason::kUpstreamBadAnswer,
                          "the upstream sent 1 MiB of events without content");
    }
  }
  co_return Result<void>();
}

net::Task<Result<void>> StreamRelay::Rest(UpstreamCall& call, ClientStream& client,
                                          std::string_view headers, Limit total) {
  const auto idle = target_.timeouts().idle;
  SteadyTime finish_limit = SteadyTime::max();
  for (;;) {
    Result<void> taken = TakeEvents(false);
    if (!taken) co_return taken;
    if (done_ || ended_) break;
    bool sent = true;
    if (!out_.empty()) sent = co_await client.Write(headers, out_);
    if (!sent) co_return MakeError(Reason::kClientGone, "the client left");
    out_.clear();
    const SteadyTime now = worker_.clock().Steady();
    if (finished() && finish_limit == SteadyTime::max()) finish_limit = now + kAfterFinish;
    Limit limit = Earlier(Earlier({now + idle, Reason::kIdleTimeout}, total),
                          {finish_limit, Reason::kIdleTimeout});
    read_.clear();
    Result<bool> more = co_await call.ReadSome(&read_, limit);
    Result<void> read = Took(more);
    // Whatever goes wrong after the last choice has finished takes nothing from the answer.
    bool enough = !read && finished() && read.error().reason != Reason::kClientGone;
    if (enough) co_return Result<void>();
    if (!read) co_return read;
  }
  if (!finished()) co_return Truncated();
  co_return Result<void>();
}

// What was read goes into the splitter.
Result<void> StreamRelay::Took(const Result<bool>& more) {
  if (!more) {
    bool cut = more.error().reason == Reason::kUpstreamReset;
    return cut && content_ ? Truncated() : more.error();
  }
  ended_ = !*more;
  Result<void> fed = splitter_.Feed(read_);
  if (fed && ended_) fed = splitter_.Finish();
  if (!fed) {
    if (content_) (void)TakeEvents(false);  // what came whole before the fault
    return MakeError(Reason::kUpstreamBadAnswer, fed.error().message);
  }
  return fed;
}

Result<void> StreamRelay::TakeEvents(bool until_content) {
  http::SseEvent event;
  while (!done_ && !(until_content && content_) && splitter_.Next(&event)) {
    WEIR_CHECK_OK(TakeEvent(event));
  }
  return {};
}

Result<void> StreamRelay::TakeEvent(const http::SseEvent& event) {
  if (!event.has_data) {
    // The client is kept company by comments of our own until content comes.
    if (content_) out_.append(event.raw);
    return {};
  }
  Result<provider::EventOut> decoded = dialect_.decode_event(worker_.reader, *state_, event);
  if (!decoded) {
    worker_.traffic.CountSkippedEvent(target_.provider->name);
    return {};
  }
  const chat::StreamEvent& facts = decoded->facts;
  if (facts.usage) usage_ = facts.usage;  // an error does not take back what was used
  if (facts.has_error) {
    return MakeError(content_ ? Reason::kStreamTruncated : Reason::kUpstreamBadAnswer,
                     "the upstream's stream carried an error: " + facts.error_message);
  }
  text_bytes_ += facts.text_bytes;
  if (facts.finish) ++finishes_;
  if (facts.filtered) filtered_ = true;
  if (facts.content || facts.finish) content_ = true;
  if (decoded->done) {
    done_ = true;
  } else {
    Emit(event, *decoded);
  }
  return {};
}

void StreamRelay::Emit(const http::SseEvent& event, provider::EventOut& decoded) {
  const chat::StreamEvent& facts = decoded.facts;
  if (!decoded.pass_raw) {
    out_ += decoded.bytes;
  } else if (show_usage_ || !facts.mentions_usage()) {
    out_.append(event.raw);
  } else if (!facts.usage_only) {
    http::AppendSseData(&out_, chat::StripUsage(event.data, facts));
  }
}

}  // namespace weir::gateway
