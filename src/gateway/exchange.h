// One request, top to bottom: parse, decide, attempt, relay, record (DESIGN "A decision, step by
// step").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "chat/request.h"
#include "gateway/chain.h"
#include "gateway/client_stream.h"
#include "gateway/core.h"
#include "net/server_connection.h"

namespace weir::gateway {

class Exchange {
 public:
  Exchange(WorkerState& worker, net::ServerConnection& connection, chat::Endpoint endpoint);

  // Answers the request, exactly once, and leaves one row in the ledger.
  net::Task<void> Run();

 private:
  Result<void> Prepare();
  net::Task<void> RunChain();
  net::Task<void> AnswerPlain(AttemptChain& chain, Answer answer);
  net::Task<void> AnswerStream(AttemptChain& chain, Answer answer, ClientStream& client);
  net::Task<void> AnswerError(AttemptChain* chain, Error error, ClientStream* client);
  Error Truthful(Error error) const;
  SteadyTime RouteDeadline() const;
  void Blame(AttemptChain& chain, const Answer& answer, const Error& error);
  void Settled(AttemptChain& chain, const Answer& answer);
  void Record(AttemptChain* chain, std::string_view outcome, int status);
  std::string Headers(const AttemptChain* chain, const Target* target, bool with_cost) const;
  std::string ClosingComment(const AttemptChain& chain, const Target& target) const;
  int64_t MicrosSinceWhole() const;

  WorkerState& worker_;
  net::ServerConnection& connection_;
  std::shared_ptr<const Snapshot> snapshot_;
  chat::Request request_;       // its text views are dropped once the decision is made
  std::string upstream_query_;  // the client's query without `model`
  route::Decision decision_;
  ledger::Record record_;
  RequestId id_;
};

}  // namespace weir::gateway
