// Lines to a file descriptor, written by a thread of its own. What is appended within a few
// milliseconds goes out in one write: a wake-up and a system call a line cost a busy worker more
// than the line (measured: 2.9 futex calls and 20 % of a request's CPU). Lines are scrubbed of
// secrets (secret.h). Bounded: when the reader stops, the newest lines are left out and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir {

class LineWriter {
 public:
  // `fd` is not owned; at most `max_bytes` wait, besides what is being written. The process ignores
  // SIGPIPE.
  LineWriter(int fd, size_t max_bytes);
  ~LineWriter();  // writes what waits; gives a stopped reader two seconds
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Any thread, never waits. `line` has no line break; one is added. `urgent` is written at once.
  void Append(std::string_view line, bool urgent);
  uint64_t dropped() const;

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;  // shared with a thread that may outlive this
};

}  // namespace weir
