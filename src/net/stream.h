// A byte stream: TCP, TLS, in memory (tests, simulator). At most one read and one write are pending
// at a time; all calls on the stream's worker thread. Every operation has a deadline, after which
// it ends with kTimeout and the stream is still usable (nothing is lost).
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace weir::net {

enum class IoStatus : uint8_t {
  kOk,
  kEof,    // orderly end (TLS: close_notify)
  kReset,  // the peer is gone: RST, EPIPE, TLS cut without close_notify
  kTimeout,
  kCancelled,
  kTls,     // handshake or record failure; `detail()` says which
  kFailed,  // refused, unreachable, anything else
};

struct IoResult {
  size_t bytes = 0;
  IoStatus status = IoStatus::kOk;
  bool ok() const { return status == IoStatus::kOk; }
};

// One pending operation. Lives in its awaiter or, for a watcher, in its owner; must outlive the
// operation. `done` runs on the worker's thread, never inside StartRead/StartWrite.
struct IoOp {
  IoResult result;
  void (*done)(IoOp*) = nullptr;
};

class Stream {
 public:
  virtual ~Stream() = default;  // cancels what is pending; `done` is not called any more

  // Begins an operation. True: finished at once, `op->result` is set and `done` will not run. `into`
  // is written only as the operation ends, directly before `done`: pending reads may share it.
  virtual bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) = 0;
  // Writes all pieces, in order. On an error `bytes` is what was accepted before it.
  virtual bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline,
                          IoOp* op) = 0;
  // Pending operations end with kCancelled (through `done`, soon, not inside this call).
  virtual void Cancel() = 0;
  virtual void Close() = 0;
  // Peer address for logs, or why TLS failed.
  virtual std::string Detail() const = 0;
  // False when the peer has closed or sent something unasked, as far as the loop's last turn knows:
  // an idle pooled connection that must not be reused.
  virtual bool IsQuiet() = 0;

  struct Awaiter : IoOp {
    std::coroutine_handle<> waiter;
    static void Resume(IoOp* op) { static_cast<Awaiter*>(op)->waiter.resume(); }
    IoResult await_resume() const noexcept { return result; }
  };
  struct ReadAwaiter : Awaiter {
    Stream* stream;
    std::span<char> into;
    SteadyTime deadline;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) {
      waiter = h;
      done = &Awaiter::Resume;
      return !stream->StartRead(into, deadline, this);
    }
  };
  struct WriteAwaiter : Awaiter {
    Stream* stream;
    std::span<const std::string_view> pieces;
    SteadyTime deadline;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) {
      waiter = h;
      done = &Awaiter::Resume;
      return !stream->StartWrite(pieces, deadline, this);
    }
  };

  // auto r = co_await stream.Read(buffer, deadline);  r.bytes > 0 when ok.
  ReadAwaiter Read(std::span<char> into, SteadyTime deadline) {
    ReadAwaiter awaiter;
    awaiter.stream = this;
    awaiter.into = into;
    awaiter.deadline = deadline;
    return awaiter;
  }
  // The pieces (the array too) must outlive the operation.
  WriteAwaiter Write(std::span<const std::string_view> pieces, SteadyTime deadline) {
    WriteAwaiter awaiter;
    awaiter.stream = this;
    awaiter.pieces = pieces;
    awaiter.deadline = deadline;
    return awaiter;
  }
};

}  // namespace weir::net
