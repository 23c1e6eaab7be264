#include "base/error.h"

#include <array>

namespace weir {
namespace {

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kUpstream = "upstream_error";
constexpr std::string_view kTimeoutType = "upstream_timeout";

constexpr std::array<ReasonTraits, kReasonCount> kTraits = {{
    {"bad_request", Side::kClient, Retry::kNever, 400, kInvalid, "bad_request"},
    {"invalid_json", Side::kClient, Retry::kNever, 400, kInvalid, "invalid_json"},
    {"unsupported_endpoint", Side::kClient, Retry::kNever, 404, "not_found_error",
     "unsupported_endpoint"},
    {"model_not_found", Side::kClient, Retry::kNever, 404, "not_found_error", "model_not_found"},
    {"not_found", Side::kClient, Retry::kNever, 404, "not_found_error", "not_found"},
    {"method_not_allowed", Side::kClient, Retry::kNever, 405, kInvalid, "method_not_allowed"},
    {"request_timeout", Side::kClient, Retry::kNever, 408, "request_timeout", "request_timeout"},
    {"request_too_large", Side::kClient, Retry::kNever, 413, "request_too_large",
     "request_too_large"},
    {"uri_too_long", Side::kClient, Retry::kNever, 414, kInvalid, "uri_too_long"},
    {"unsupported_media_type", Side::kClient, Retry::kNever, 415, kInvalid,
     "unsupported_media_type"},
    {"expectation_failed", Side::kClient, Retry::kNever, 417, kInvalid, "expectation_failed"},
    {"header_too_large", Side::kClient, Retry::kNever, 431, kInvalid, "header_too_large"},
    {"unauthorized", Side::kClient, Retry::kNever, 401, "authentication_error", "invalid_api_key"},
    {"forbidden", Side::kClient, Retry::kNever, 403, "permission_error", "forbidden"},
    {"no_eligible_model", Side::kClient, Retry::kNever, 400, kInvalid, "no_eligible_model"},
    {"context_length_exceeded", Side::kClient, Retry::kNextTarget, 400, kInvalid,
     "context_length_exceeded"},
    {"rate_limited", Side::kClient, Retry::kNever, 429, "rate_limit_error", "rate_limit_exceeded"},
    {"budget_exceeded", Side::kClient, Retry::kNever, 429, "rate_limit_error", "budget_exceeded"},
    {"conflict", Side::kClient, Retry::kNever, 409, kInvalid, "idempotency_key_reused"},
    {"client_gone", Side::kClient, Retry::kNever, 499, kInvalid, "client_gone"},
    {"loop_detected", Side::kClient, Retry::kNever, 508, kInvalid, "loop_detected"},
    {"upstream_connect", Side::kUpstream, Retry::kSameTarget, 502, kUpstream, "upstream_connect"},
    {"upstream_tls", Side::kUpstream, Retry::kNextTarget, 502, kUpstream, "upstream_tls"},
    {"upstream_reset", Side::kUpstream, Retry::kSameTarget, 502, kUpstream, "upstream_reset"},
    {"upstream_protocol", Side::kUpstream, Retry::kNextTarget, 502, kUpstream, "upstream_protocol"},
    {"upstream_status", Side::kUpstream, Retry::kSameTarget, 502, kUpstream, "upstream_status"},
    {"upstream_rate_limit", Side::kUpstream, Retry::kNextTarget, 429, "rate_limit_error",
     "rate_limit_exceeded"},
    {"upstream_auth", Side::kUpstream, Retry::kNextTarget, 502, kUpstream, "upstream_auth"},
    {"upstream_no_model", Side::kUpstream, Retry::kNextTarget, 502, kUpstream, "upstream_no_model"},
    {"upstream_bad_answer", Side::kUpstream, Retry::kNextTarget, 502, kUpstream,
     "upstream_bad_answer"},
    {"upstream_too_large", Side::kUpstream, Retry::kNextTarget, 502, kUpstream,
     "upstream_too_large"},
    {"upstream_rejected", Side::kClient, Retry::kNever, 400, kInvalid, "upstream_rejected"},
    {"stream_truncated", Side::kUpstream, Retry::kNextTarget, 502, kUpstream, "stream_truncated"},
    {"connect_timeout", Side::kTimeout, Retry::kNextTarget, 504, kTimeoutType, "connect_timeout"},
    {"first_byte_timeout", Side::kTimeout, Retry::kNextTarget, 504, kTimeoutType,
     "first_byte_timeout"},
    {"first_token_timeout", Side::kTimeout, Retry::kNextTarget, 504, kTimeoutType,
     "first_token_timeout"},
    {"idle_timeout", Side::kTimeout, Retry::kNextTarget, 504, kTimeoutType, "idle_timeout"},
    {"total_timeout", Side::kTimeout, Retry::kNextTarget, 504, kTimeoutType, "total_timeout"},
    {"deadline", Side::kTimeout, Retry::kNever, 504, kTimeoutType, "deadline"},
    {"overloaded", Side::kOverload, Retry::kNever, 503, "overloaded_error", "overloaded"},
    {"draining", Side::kOverload, Retry::kNever, 503, "overloaded_error", "draining"},
    {"breaker_open", Side::kOverload, Retry::kNextTarget, 503, "overloaded_error", "breaker_open"},
    {"internal", Side::kInternal, Retry::kNever, 500, "internal_error", "internal"},
    {"config", Side::kInternal, Retry::kNever, 500, "internal_error", "config"},
    {"io", Side::kInternal, Retry::kNever, 500, "internal_error", "io"},
}};

}  // namespace

const ReasonTraits& Traits(Reason reason) {
  return kTraits[static_cast<size_t>(reason)];
}

std::optional<Reason> ReasonByName(std::string_view name) {
  for (int i = 0; i < kReasonCount; ++i) {
    if (kTraits[i].name == name) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

}  // namespace weir
