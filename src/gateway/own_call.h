// A call of Weir's own: no client waits for it, and nothing of it is relayed.
#pragma once

#include <string>
#include <string_view>

#include "gateway/chain.h"
#include "limits/tab.h"

namespace weir::gateway {

struct OwnCall {
  WorkerState& worker;
  const Snapshot& snapshot;
  net::CancelToken& cancel;
  limits::Tab& tab;                              // pays
  const ledger::Record& promise;                 // whose row will tell of all calls
  WallMicros time;                               // of the prices
  ShelvedVector<ledger::Attempt> attempts = {};  // of all calls so far, each with its role
};

// Asks that very model, at whichever of its providers, and takes the words of the answer. `body` is
// a chat request that does not stream. kBudgetExceeded: `tab` cannot pay for the most it may cost.
// `call` outlives the task.
net::Task<Result<std::string>> AskForText(OwnCall& call, catalog::ModelId model, std::string body,
                                          std::string_view role);

}  // namespace weir::gateway
