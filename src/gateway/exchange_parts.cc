#include "gateway/exchange_parts.h"

#include "http/sse.h"
#include "json/error_body.h"

namespace weir::gateway {

std::string ErrorEvent(const Error& error) {
  std::string event;
  http::AppendSseData(&event, json::ErrorBody(error));
  return event;
}

Error AsCut(Error error) {
  const bool cut = error.side() == Side::kUpstream || error.side() == Side::kTimeout;
  if (cut) error.reason = Reason::kStreamTruncated;
  return error;
}

cache::Failure FailureOf(const Error& error, const PassThrough* said) {
  if (said == nullptr) return {error, 0, {}, {}};
  return {error, said->status, said->content_type, said->body};
}

cache::Origin OriginOf(const ledger::Record& row, const Target& target, const AttemptChain& chain) {
  return {std::string(target.name), std::string(row.tier), std::string(row.reason),
          chain.fallback(), row.score};
}

}  // namespace weir::gateway
