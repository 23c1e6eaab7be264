#include "net/read_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::net {
namespace {

// Most heads come whole, and an open stream keeps it: 4 KiB were a fifth of what one costs.
constexpr size_t kFirstBuffer = 2 << 10;

}  // namespace

bool ReadAhead::Waiting::await_suspend(std::coroutine_handle<> handle) {
  ahead.waiter_ = handle;
  if (!ahead.pending() && ahead.room() > 0) ahead.StartRead();
  if (ahead.pending()) return true;
  ahead.waiter_ = nullptr;
  return false;
}

ReadAhead::ReadAhead(Worker& worker, Stream& stream, Watcher& watcher)
    : worker_(worker), stream_(stream), watcher_(watcher), timer_(worker) {
  bytes_.resize(kFirstBuffer);
  read_.owner = this;
  read_.done = &OnRead;
}

void ReadAhead::Watch() {
  while (!pending() && !ended() && room() > 0) StartRead();
  if (ended()) watcher_.OnReadAhead();
}

void ReadAhead::StartRead() {
  read_.pending = true;
  if (stream_.StartRead({bytes_.data() + end_, room()}, SteadyTime::max(), &read_)) Took();
}

void ReadAhead::Took() {
  read_.pending = false;
  end_ += read_.result.bytes;
  if (!read_.result.ok()) status_ = read_.result.status;
}

void ReadAhead::OnRead(IoOp* op) {
  ReadAhead& ahead = *static_cast<PendingRead*>(op)->owner;
  ahead.Took();
  if (ahead.waiter_) {
    std::exchange(ahead.waiter_, nullptr).resume();
  } else {
    ahead.watcher_.OnReadAhead();
  }
}

void ReadAhead::Append(std::string_view bytes) {
  std::memcpy(bytes_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ReadAhead::Consume(size_t bytes) {
  start_ += bytes;
  Compact();
}

void ReadAhead::Drop(size_t from, size_t to) {
  if (pending()) return;
  char* begin = bytes_.data() + start_;
  const size_t rest = view().size() - to;
  std::memmove(begin + from, begin + to, rest);
  end_ = start_ + from + rest;
}

bool ReadAhead::MakeRoom(size_t bytes) {
  if (pending() || room() >= bytes) return false;
  bool moved = Compact();
  if (room() >= bytes) return moved;
  bytes_.resize(std::max(2 * bytes_.size(), end_ + bytes));
  return true;
}

// A pending read points behind end_: until it is done nothing moves.
bool ReadAhead::Compact() {
  if (start_ == 0 || pending()) return false;
  std::memmove(bytes_.data(), bytes_.data() + start_, end_ - start_);
  end_ -= start_;
  start_ = 0;
  return true;
}

void ReadAhead::SetDeadline(SteadyTime deadline) {
  deadline_ = deadline;
  timed_out_ = false;
  if (deadline >= armed_until_) return;  // OnDeadline moves on to a later one
  armed_until_ = deadline;
  timer_.Start(deadline, &OnDeadline, this);
}

// The timer is moved lazily: it may fire before the deadline in force and is then set again.
void ReadAhead::OnDeadline(void* self) {
  ReadAhead& ahead = *static_cast<ReadAhead*>(self);
  ahead.armed_until_ = SteadyTime::max();
  if (ahead.deadline_ == SteadyTime::max()) return;
  if (ahead.worker_.clock().Steady() < ahead.deadline_) {
    ahead.armed_until_ = ahead.deadline_;
    ahead.timer_.Start(ahead.deadline_, &OnDeadline, self);
    return;
  }
  ahead.timed_out_ = true;
  ahead.stream_.Cancel();
}

}  // namespace weir::net
