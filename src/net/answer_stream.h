// A Stream whose peer is a function: what is written to it is collected until the function says the
// request is whole, then timed bytes are read back. Lets an in-process provider (the simulator)
// take the very same path as a socket.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.h"
#include "net/worker.h"

namespace weir::net {

struct TimedBytes {
  std::chrono::microseconds delay{0};  // after the previous bytes
  std::string bytes;
};

class Responder {
 public:
  virtual ~Responder() = default;
  // nullopt: the request in `written` is not whole yet. Called after each write, with what was
  // written since the last answer.
  virtual std::optional<std::vector<TimedBytes>> Answer(std::string_view written) = 0;
};

// Writes end at once. Bytes that are due together are read together.
std::unique_ptr<Stream> MakeAnswerStream(Worker& worker, std::unique_ptr<Responder> responder);

}  // namespace weir::net
