// Small texts and facts that both files of Exchange make.
#pragma once

#include <string>

#include "cache/flight.h"
#include "gateway/chain.h"
#include "ledger/record.h"

namespace weir::gateway {

// The error body as the last event of a stream.
std::string ErrorEvent(const Error& error);
// What the client of a stream is told that broke after its first content.
Error AsCut(Error error);
// For the followers of a call that failed; `said` may be null.
cache::Failure FailureOf(const Error& error, const PassThrough* said);
cache::Origin OriginOf(const ledger::Record& row, const Target& target, const AttemptChain& chain);

}  // namespace weir::gateway
