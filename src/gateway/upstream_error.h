// The one table from an upstream's failure to an Error.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "chat/reply.h"
#include "net/stream.h"

namespace weir::gateway {

// What an HTTP status other than 2xx means for the request and for the target.
Error FromStatus(int status, const chat::UpstreamError& said);

// Seconds or an HTTP date; junk is ignored; never more than kMaxRetryAfter.
inline constexpr std::chrono::milliseconds kMaxRetryAfter{60'000};
std::chrono::milliseconds ParseRetryAfter(std::optional<std::string_view> value, WallMicros now);

// A failed read or write. `on_timeout` is what the deadline stood for.
Error FromIo(const net::IoResult& result, Reason on_timeout, std::string_view doing);

// True when the failure speaks against the target (breaker), not against the request or the key.
bool BlamesTarget(Reason reason);

}  // namespace weir::gateway
