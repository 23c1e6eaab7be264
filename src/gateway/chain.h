// The attempts of one request: down the fallback chain under one deadline, one bound on attempts
// and one retry budget, until one succeeds. For a stream success is the first content event.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/relay.h"
#include "gateway/upstream_call.h"
#include "ledger/record.h"
#include "route/decision.h"

namespace weir::gateway {

// What the chain works on. Everything outlives it (the Exchange owns it all).
struct ChainInput {
  WorkerState& worker;
  const Snapshot& snapshot;
  const chat::Request& request;
  std::string_view body;
  const route::Decision& decision;
  std::string_view query;
  std::string_view forwarded;
  net::CancelToken& cancel;
  ClientStream* client = nullptr;  // streams only
  SteadyTime began;
  Limit deadline;  // of all attempts together
};

// The attempt that succeeded.
struct Answer {
  std::unique_ptr<Target> target;
  std::unique_ptr<UpstreamCall> call;
  std::unique_ptr<StreamRelay> relay;  // streams: content waits in relay->pending()
  std::string body;                    // plain: the client's bytes
  chat::PlainReply facts;
  Limit total;          // of this attempt
  std::string headers;  // upstream headers that go on to the client, ready lines
  int status = 200;
};

// An upstream's refusal of the request itself: it goes back as it is.
struct PassThrough {
  int status = 0;
  std::string content_type;
  std::string body;
};

class AttemptChain {
 public:
  explicit AttemptChain(const ChainInput& input);

  net::Task<Result<Answer>> Run();

  std::vector<ledger::Attempt>& attempts() { return attempts_; }
  const std::vector<ledger::Attempt>& attempts() const { return attempts_; }
  // Why the first candidate did not answer, or empty.
  const std::string& fallback() const { return fallback_; }
  const std::optional<PassThrough>& pass_through() const { return pass_through_; }

 private:
  net::Task<Result<Answer>> TryTarget(std::unique_ptr<Target>* target);
  net::Task<Result<Answer>> Once(std::unique_ptr<Target>* target, size_t key);
  net::Task<Result<void>> Ask(const Target& target, size_t key, Answer* answer,
                              ledger::Attempt* row);
  net::Task<Result<void>> ReadPlain(const Target& target, Answer* answer, Limit total,
                                    ledger::Attempt* row);
  net::Task<Result<void>> ReadRefusal(const Target& target, Answer* answer, Limit total);
  net::Task<Result<void>> BeginStream(const Target& target, Answer* answer, Limit first_token,
                                      Limit total);
  net::Task<bool> Pause(int retry, std::chrono::milliseconds asked);
  bool Exhausted() const;
  bool Admit(Target* target) const;
  bool MayGoOn(const Target& target);
  bool SpendToken();
  bool BlockKey(KeyPool& keys, size_t key, const Error& error) const;
  static void Abandon(const Target& target);
  void Succeeded(const Target& target, const Answer& answer);
  bool ContextFits(const Target& target) const;
  void Report(const Target& target, const Error& error);
  Error Final(Error last) const;

  ChainInput in_;
  std::vector<ledger::Attempt> attempts_;
  std::string fallback_;
  std::optional<PassThrough> pass_through_;
  int spent_ = 0;          // tokens of the retry budget, given back on success
  int64_t too_small_ = 0;  // the largest window that was said to be too small
};

}  // namespace weir::gateway
