// One attempt: one target is asked with one key, and what it answers is read and judged. For a
// stream success is the first content event.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/payment.h"
#include "gateway/relay.h"
#include "gateway/upstream_call.h"
#include "ledger/record.h"
#include "route/decision.h"

namespace weir::gateway {

// What all attempts of one request work on. Everything outlives them (the Exchange owns it all).
struct AttemptInput {
  WorkerState& worker;
  const Snapshot& snapshot;
  const chat::Request& request;
  std::string_view body;
  const route::Decision& decision;
  std::string_view query;
  const http::HeaderList& headers;  // the client's
  net::CancelToken& cancel;
  ClientStream* client = nullptr;  // streams only
  SteadyTime began;
  Limit deadline;  // of all attempts together
  Payment& payment;
  // A call of Weir's own: one attempt, which takes nothing that clients' requests live on (retries,
  // keys, breakers).
  bool own = false;
};

// What an upstream answered.
struct Answer {
  explicit Answer(SpareStrings& spares) : body(spares), headers(spares) {}

  std::unique_ptr<Target> target;  // set by the chain once the attempt has succeeded
  std::unique_ptr<UpstreamCall> call;
  std::unique_ptr<StreamRelay> relay;  // streams: content waits in relay->pending()
  SpareString body;                    // plain: the client's bytes
  Limit total;                         // of this attempt
  SpareString headers;                 // upstream headers that go on to the client, ready lines
  int status = 200;
  bool filtered = false;  // plain: by the vendor's content filter
};

// An upstream's refusal of the request itself: it goes back as it is.
struct PassThrough {
  int status = 0;
  std::string content_type;
  std::string body;
};

class Attempt {
 public:
  // `target` stays where it is for as long as the answer lives.
  Attempt(const AttemptInput& input, const Target& target, size_t key);

  // Once. A failure leaves the connection closed, or given back when its answer was read whole.
  net::Task<Result<void>> Run();

  Answer& answer() { return answer_; }
  ledger::Attempt& row() { return row_; }  // complete when Run() has ended
  // Set after kUpstreamRejected and kContextTooLong.
  std::optional<PassThrough>& refusal() { return refusal_; }

 private:
  net::Task<Result<void>> Ask();
  void SettleFailed(const Error& error);
  void Book(const std::optional<chat::UsageCounts>& said, int64_t text_bytes);
  net::Task<Result<void>> ReadPlain();
  net::Task<Result<void>> ReadRefusal();
  net::Task<Result<void>> BeginStream(Limit first_token);
  Result<void> JudgePlain();

  const AttemptInput& in_;
  const Target& target_;
  size_t key_;
  Answer answer_;
  ledger::Attempt row_;
  std::optional<PassThrough> refusal_;
};

}  // namespace weir::gateway
