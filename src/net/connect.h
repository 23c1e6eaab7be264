// A TCP connection to the first of several addresses that answers.
#pragma once

#include <memory>
#include <string>

#include "net/resolver.h"

namespace weir::net {

// Tries the addresses in order, the next one when the former fails or has not answered for 250 ms
// (happy eyeballs); the first to answer wins, the others are closed. `name` is for messages.
// kUpstreamConnect, kConnectTimeout, kClientGone.
Task<Result<std::unique_ptr<Stream>>> ConnectAny(Worker& worker, Addresses addresses, uint16_t port,
                                                 std::string name, SteadyTime deadline,
                                                 CancelToken* cancel);

}  // namespace weir::net
