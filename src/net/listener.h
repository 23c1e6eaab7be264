// Accepts TCP connections for one worker (SO_REUSEPORT: every worker has its own listener).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"
#include "net/worker.h"

namespace weir::net {

using OnAccept = std::function<void(std::unique_ptr<Stream>)>;

class Listener {
 public:
  // `host` is an IP literal. Port 0 takes a free one. kIo error with the address when it is taken.
  static Result<std::unique_ptr<Listener>> Open(Worker& worker, const std::string& host,
                                                uint16_t port, OnAccept on_accept);
  virtual ~Listener() = default;
  virtual uint16_t port() const = 0;
  // Stops accepting and closes the socket. On the worker's thread, or before Run().
  virtual void Close() = 0;
};

// kIo when any other socket listens there, even one that shares the port (SO_REUSEPORT lets a
// second server of the same user in without an error). Before the first Open(); port 0 is always
// free.
Result<void> CheckPortIsFree(const std::string& host, uint16_t port);

// Raises the soft limit of open files to the hard one; returns it.
uint64_t RaiseFileLimit();

}  // namespace weir::net
