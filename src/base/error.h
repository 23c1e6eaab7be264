// Errors are values. A Reason names what happened; its row in one table says who is guilty, whether
// another attempt is right, and what the client is told. Reasons reach ledger and /metrics by name.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

enum class Side : uint8_t { kClient, kUpstream, kTimeout, kOverload, kInternal };

// Whether, and where, trying again is right.
enum class Retry : uint8_t { kNever, kSameTarget, kNextTarget };

enum class Reason : uint8_t {
  // The client's request.
  kBadRequest,
  kInvalidJson,
  kUnsupportedEndpoint,
  kModelNotFound,
  kNotFound,
  kMethodNotAllowed,
  kRequestTimeout,
  kBodyTooLarge,
  kUriTooLong,
  kUnsupportedMediaType,
  kExpectationFailed,
  kHeaderTooLarge,
  kUnauthorized,
  kForbidden,
  kNoEligibleModel,
  kContextTooLong,
  kRateLimited,     // by our own limits
  kBudgetExceeded,  // likewise
  kConflict,        // an idempotency key with another request
  kClientGone,
  kLoopDetected,
  // An upstream's behaviour.
  kUpstreamConnect,
  kUpstreamTls,
  kUpstreamReset,
  kUpstreamProtocol,
  kUpstreamStatus,
  kUpstreamRateLimit,
  kUpstreamAuth,
  kUpstreamNoModel,
  kUpstreamBadAnswer,
  kUpstreamTooLarge,
  kUpstreamRejected,
  kStreamTruncated,
  // Time.
  kConnectTimeout,
  kFirstByteTimeout,
  kFirstTokenTimeout,
  kIdleTimeout,
  kTotalTimeout,
  kDeadline,
  // Ourselves.
  kOverloaded,
  kDraining,
  kBreakerOpen,
  kInternal,
  kConfig,
  kIo,
};
inline constexpr int kReasonCount = static_cast<int>(Reason::kIo) + 1;

struct ReasonTraits {
  std::string_view name;  // snake_case, stable: ledger, metrics, docs
  Side side;
  Retry retry;
  uint16_t status;        // HTTP status for the client
  std::string_view type;  // OpenAI error `type`
  std::string_view code;  // OpenAI error `code`
};

const ReasonTraits& Traits(Reason reason);
std::optional<Reason> ReasonByName(std::string_view name);

struct Error {
  Reason reason = Reason::kInternal;
  std::string message;                       // for a person; never holds a secret
  std::string param;                         // the request's field at fault, or empty
  std::chrono::milliseconds retry_after{0};  // 0: not known
  std::string allow;                         // methods, for kMethodNotAllowed

  uint16_t status() const { return Traits(reason).status; }
  Side side() const { return Traits(reason).side; }
  Retry retry() const { return Traits(reason).retry; }
};

inline Error MakeError(Reason reason, std::string message, std::string param = {}) {
  return Error{reason, std::move(message), std::move(param), {}, {}};
}

}  // namespace weir
