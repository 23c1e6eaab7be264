// A Stream over a connected TCP socket.
#pragma once

#include <memory>

#include "net/address.h"
#include "net/stream.h"
#include "net/worker.h"

namespace weir::net {

// Takes `fd` (non-blocking, close-on-exec) and turns Nagle's algorithm off.
std::unique_ptr<Stream> MakeTcpStream(Worker& worker, int fd, const Address& peer);

// How errno of a socket operation reads as a status.
IoStatus StatusOfErrno(int error);

}  // namespace weir::net
