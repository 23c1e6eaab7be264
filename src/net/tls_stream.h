// A Stream that speaks TLS over another Stream.
#pragma once

#include <memory>

#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/tls_context.h"
#include "net/upstream_pool.h"

namespace weir::net {

// Shakes hands over `lower` as the client of `endpoint`. The stream exists only once the peer is
// verified, so nothing can be sent to another one. kUpstreamTls (also when the handshake is not
// done at `deadline`), kClientGone.
Task<Result<std::unique_ptr<Stream>>> StartTls(std::unique_ptr<Stream> lower,
                                               std::shared_ptr<TlsContexts> contexts,
                                               Endpoint endpoint, SteadyTime deadline,
                                               CancelToken* cancel);

}  // namespace weir::net
