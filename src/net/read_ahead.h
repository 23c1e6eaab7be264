// A client connection's buffer and the one read that fills it. Nobody need wait for that read: left
// pending while a request is served it is a watch (bytes are the next, pipelined request; an end is
// the client leaving), and goes on as the first read of the next request, so watching costs no
// system call of its own and nothing has to be cancelled.
#pragma once

#include <coroutine>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "net/worker.h"

namespace weir::net {

class ReadAhead {
 public:
  class Watcher {
   public:
    virtual ~Watcher() = default;
    // Bytes came or the stream ended while nobody waited in More().
    virtual void OnReadAhead() = 0;
  };

  // All three outlive it.
  ReadAhead(Worker& worker, Stream& stream, Watcher& watcher);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // What was read and not consumed. Moves only in Consume(), Drop() and MakeRoom().
  std::string_view view() const { return {bytes_.data() + start_, end_ - start_}; }
  bool pending() const { return read_.pending; }
  bool ended() const { return status_ != IoStatus::kOk; }
  // The deadline in force has passed; it ended the stream's reads.
  bool timed_out() const { return timed_out_; }

  // In force until the next one; max: none. For reads of the stream beside this buffer too.
  void SetDeadline(SteadyTime deadline);
  // Resumes when more bytes came or the stream ended.
  struct Waiting {
    ReadAhead& ahead;
    size_t before;
    bool await_ready() const noexcept { return ahead.ended(); }
    bool await_suspend(std::coroutine_handle<> handle);
    bool await_resume() const noexcept { return ahead.view().size() > before; }
  };
  // auto more = co_await ahead.More(deadline);  Waits for bytes behind view(). False: the stream
  // has ended, or the buffer is full.
  Waiting More(SteadyTime deadline) {
    SetDeadline(deadline);
    return {*this, view().size()};
  }
  // Keeps a read pending that nobody waits for, while there is room. A stream that has ended is
  // told at once.
  void Watch();

  // Bytes of the stream that were read beside this buffer; there is room. Not while a read is
  // pending.
  void Append(std::string_view bytes);
  void Consume(size_t bytes);
  // Takes [from, to) out of view(), what stands behind it moves up. Not while a read is pending.
  void Drop(size_t from, size_t to);
  // At least `bytes` of room behind view(), unless a read is pending. True when view() has moved.
  bool MakeRoom(size_t bytes);

 private:
  struct PendingRead : IoOp {
    ReadAhead* owner = nullptr;
    bool pending = false;
  };

  size_t room() const { return bytes_.size() - end_; }
  bool Compact();
  void StartRead();
  void Took();
  static void OnRead(IoOp* op);
  static void OnDeadline(void* self);

  Worker& worker_;
  Stream& stream_;
  Watcher& watcher_;
  std::string bytes_;  // its size is the capacity in use
  size_t start_ = 0;
  size_t end_ = 0;
  IoStatus status_ = IoStatus::kOk;
  PendingRead read_;
  std::coroutine_handle<> waiter_;
  Timer timer_;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime armed_until_ = SteadyTime::max();  // when timer_ fires; max: it is not set
  bool timed_out_ = false;
};

}  // namespace weir::net
