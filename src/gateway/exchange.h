// One request, top to bottom: parse, look for a repeat, decide, attempt, relay, record (DESIGN "A
// decision, step by step").
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chat/request.h"
#include "gateway/cache_terms.h"
#include "gateway/chain.h"
#include "gateway/client_stream.h"
#include "gateway/conversations.h"
#include "gateway/core.h"
#include "gateway/lead.h"
#include "gateway/payment.h"
#include "gateway/receipt.h"
#include "gateway/samples.h"
#include "net/server_connection.h"

namespace weir::gateway {

class Exchange {
 public:
  Exchange(WorkerState& worker, net::ServerConnection& connection, chat::Endpoint endpoint);
  ~Exchange();

  // Answers the request, exactly once, and leaves one row in the ledger.
  net::Task<void> Run();

 private:
  Result<void> Enter();
  Result<void> Read();
  Result<void> Decide();
  net::Task<void> RunChain();
  void KeepWords();
  void ShowRates();
  bool DecidesAgain(const AttemptChain& chain);
  net::Task<void> AnswerPlain(AttemptChain& chain, Answer answer);
  net::Task<void> AnswerStream(AttemptChain& chain, Answer answer);
  net::Task<void> AnswerError(AttemptChain* chain, Error error, const PassThrough* said);
  void Blame(AttemptChain& chain, const Answer& answer, const Error& error);
  void Settled(AttemptChain& chain, const Answer& answer);
  void NoteUnanswered(AttemptChain* chain);
  net::Task<void> Close(AttemptChain* chain, std::string_view outcome, int status);
  std::string ClosingComment(const AttemptChain& chain, const Target& target) const;

  // The part of the answer cache: exchange_cache.cc.
  struct Followed {
    bool answered = false;
    std::optional<cache::Failure> failure;  // else: of the call that was followed
  };
  net::Task<bool> AnswerFromCache();
  bool ClaimsIdempotencyKey(const cache::Hash128& request);
  net::Task<bool> AnswerFromRedis();
  net::Task<Followed> Follow(std::shared_ptr<cache::Flight> flight);
  net::Task<void> Replay(cache::Found kept, std::string_view how);
  net::Task<bool> ReplayPaced(const cache::Answer& answer, std::string_view headers);
  void NoteKept(const cache::Answer& answer);
  net::Task<void> FinishFollowing(const cache::Follower& follower, std::string_view rest);
  net::Task<void> FailFollowing(cache::Failure failure, bool seen);
  cache::Failure Stopped() const;
  std::string KeptHeaders(const cache::Origin& origin);
  cache::AnswerPtr Keep(const AttemptChain& chain, const Answer& answer, std::string* body);

  // The part of experiments and samples: exchange_measuring.cc.
  void EnterExperiment();
  void TakeSample(const catalog::Model* answered);
  quality::LengthShare LengthsOf(const Target& target) const;

  // The part of conversations: exchange_conversation.cc.
  std::optional<route::Conversation> Recall();
  void NoteTurn(const Answer& answer);

  ClientStream* client() { return client_ ? &*client_ : nullptr; }
  // The client has left, or the drain's time is up.
  void OnStop();
  Error Truthful(Error error) const;
  SteadyTime Deadline() const;
  int64_t MicrosSinceWhole() const;

  WorkerState& worker_;
  net::ServerConnection& connection_;
  std::shared_ptr<const Snapshot> snapshot_;
  chat::Request request_;  // its text views are good until the first wait
  std::string named_;      // by the query
  route::Wish wish_;
  const catalog::Route* route_ = nullptr;  // nullptr: a model is pinned
  CacheTerms terms_;
  std::string upstream_query_;  // the client's query without `model`
  ConversationNames conversation_;
  route::Decision decision_;
  // Apart, so that both this object and the receipt are of a size that shelves keep.
  const std::unique_ptr<Receipt> own_receipt_;
  Receipt& receipt_;
  Payment payment_;
  int64_t warm_tokens_ = 0;         // of the prompt, in the cache of whoever answered before
  std::unique_ptr<Sample> sample_;  // to be asked again once this is answered
  int decisions_ = 0;
  std::optional<ClientStream> client_;  // of a stream
  std::optional<Lead> lead_;
  net::CancelToken stop_;  // of all that this request waits for
};

}  // namespace weir::gateway
